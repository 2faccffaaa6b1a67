#!/bin/sh
# First process in new network, mount and PID namespaces: prepares them, runs the command that it is given, and reaps the
# orphans of containerd. All that it mounts and adds ends with the namespaces. See isolation.ts for the variables.
set -eu

# Sockets, pods, images and temporary files: in memory, and in nobody's way.
mount -t tmpfs -o mode=0755 e2e /run
mkdir -p /run/netns "$E2E_DIR/tmp" "$E2E_DIR/kernel"
for dir in /var/lib/cni /var/log; do
  mkdir -p "$dir"
  mount -t tmpfs -o mode=0755 e2e "$dir"
done

# The kubelet sets these for the whole machine; here it writes to copies.
for name in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops \
  kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  [ -e "/proc/sys/$name" ] || continue
  copy="$E2E_DIR/kernel/$(echo "$name" | tr / -)"
  cat "/proc/sys/$name" >"$copy"
  mount --bind "$copy" "/proc/sys/$name"
done

{ echo '127.0.0.1 localhost'; echo "$E2E_NODE_ADDRESS $E2E_HOST_NAMES"; } >"$E2E_DIR/hosts"
mount --bind "$E2E_DIR/hosts" /etc/hosts
: >"$E2E_DIR/resolv.conf"

ip link set lo up
# Without an address of its own a bridge takes that of one of its pods, and changes it when that one ends: the others
# then talk to nobody until their ARP entry is looked up again.
ip link add "$E2E_BRIDGE" address 02:00:0a:58:00:01 type bridge
ip addr add "$E2E_NODE_ADDRESS/$E2E_PREFIX_LENGTH" dev "$E2E_BRIDGE"
ip link set "$E2E_BRIDGE" up
ip addr add "$E2E_API_SERVER_ADDRESS/32" dev lo

status=0
"$@" || status=$?
exit "$status"

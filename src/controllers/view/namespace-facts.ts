/** What is known of a namespace. */
export interface NamespaceFacts {
  /** One that was deleted and made anew is another. */
  uid: string;
  labels: Readonly<Record<string, string>>;
  terminating: boolean;
}

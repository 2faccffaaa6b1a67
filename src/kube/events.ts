import type { KubeObject } from './object.ts';
export interface EventRecorder {
  record(event: {
    object: KubeObject;
    type: 'Normal' | 'Warning';
    reason: string;
    message: string;
    action: string;
  }): void;
  flush(): Promise<void>;
}

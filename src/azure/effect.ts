/**
 * Whether a call of Azure can be repeated. A `read` and an `idempotent` write can. A `guarded` one cannot after a lost
 * response, because the first try may have taken effect: its caller reads the state first.
 */
export type Effect = 'read' | 'idempotent' | 'guarded';

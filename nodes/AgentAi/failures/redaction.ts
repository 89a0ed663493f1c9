/** Takes the secrets out of a text. */
export type Redact = (text: string) => string;

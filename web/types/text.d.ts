// Page, worker and Node all have these two; the language's own library does not declare them.
interface TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare var TextEncoder: { new (): TextEncoder };
interface TextDecoder {
  decode(bytes: Uint8Array): string;
}
declare var TextDecoder: { new (): TextDecoder };

/** Bytes as people read them who want to see every one. */

const PER_LINE = 8;

/**
 * The first `most` bytes, eight a line: where the line starts, each byte in two hexadecimal digits, and the characters
 * that they would be in ASCII, a dot where there is none.
 */
export function hexDump(bytes: Uint8Array, most: number): string {
  const lines: string[] = [];
  for (let start = 0; start < Math.min(most, bytes.length); start += PER_LINE) {
    const line = [...bytes.subarray(start, Math.min(start + PER_LINE, most))];
    const digits = line
      .map(hex)
      .join(" ")
      .padEnd(PER_LINE * 3 - 1);
    const characters = line.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${start.toString(16).padStart(4, "0")} ${digits} ${characters}`);
  }
  return lines.join("\n");
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

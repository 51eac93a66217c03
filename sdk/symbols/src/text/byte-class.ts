/** Value of an ASCII hex digit by its code; 255 for every other byte. */
export const hexValue = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  hexValue[text.charCodeAt(0)] = digit;
  hexValue[text.toUpperCase().charCodeAt(0)] = digit;
}

export const newline = 10;
export const carriageReturn = 13;
export const space = 32;
export const tab = 9;

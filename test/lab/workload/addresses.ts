import { randomInt } from 'node:crypto';

/** Returns a loopback address that nothing else in this process has. */
export type AddressSource = () => string;

/**
 * Returns addresses from a random 127.x.y.0/24 block and the blocks after it. Linux accepts every address of
 * 127.0.0.0/8 without configuration; the random start separates labs that run at the same time. Low second octets are
 * left to others (127.0.0.1, systemd-resolved).
 */
export function loopbackAddresses(block = randomInt(16 * 256, 250 * 256)): AddressSource {
  let index = 0;
  return () => {
    const number = (block + Math.floor(index / 254)) % (256 * 256);
    const last = (index % 254) + 1;
    index += 1;
    return `127.${Math.floor(number / 256)}.${number % 256}.${last}`;
  };
}

import { randomInt } from 'node:crypto';

/** Hands out a loopback address that no one else in this process has. */
export type AddressSource = () => string;

/**
 * Addresses from a random 127.x.y.0/24 block and the blocks after it. Every address of 127.0.0.0/8 is usable on Linux
 * without configuration; the random start keeps labs that run side by side apart. Low second octets are left to others
 * (127.0.0.1, systemd-resolved).
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

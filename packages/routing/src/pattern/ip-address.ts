import { BlockList, isIP } from 'node:net';
import type { Path, TextTest } from './condition.ts';
import { EventPatternError } from './event-pattern-error.ts';
import { readText } from './read-text.ts';

/** AWS's engine takes no network of one address, and an IPv4 address that is written as IPv6 (`::ffff:10.0.0.1`) is in none. */
export function compileCidr(operand: unknown, at: Path): TextTest {
  const [address = '', bits = '', ...rest] = readText(operand, at).split('/');
  const family = isIP(address);
  const length = Number(bits);
  if (family === 0 || isMapped(address) || rest.length > 0 || !/^\d{1,3}$/.test(bits) || length > (family === 4 ? 31 : 127)) {
    throw new EventPatternError(at, 'must be a network such as 10.0.0.0/24 or 2001:db8::/32; one address is written as a text');
  }
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const network = new BlockList();
  network.addSubnet(address, length, type);
  return (text) => isIP(text) === family && !isMapped(text) && network.check(text, type);
}

const MAPPED = '::ffff:';

function isMapped(address: string): boolean {
  return address.toLowerCase().startsWith(MAPPED);
}

/** A test for the same address in any spelling; undefined for a text that is no address. */
export function compileAddress(text: string): TextTest | undefined {
  const family = isMapped(text) ? 0 : isIP(text);
  if (family === 0) return undefined;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const address = new BlockList();
  address.addAddress(text, type);
  return (other) => isIP(other) === family && !isMapped(other) && address.check(other, type);
}

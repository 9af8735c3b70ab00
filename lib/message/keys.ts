import { InvalidOptionError } from '../errors/index.js';

/**
 * Builds every key and channel name that the library sends: the prefix comes first, and all that is derived from a key
 * shares its Cluster slot.
 */
export class Keys {
  constructor(
    readonly prefix: string,
    /** Whether Redis is a Cluster: what it says of who listens is then true of one of its nodes only. */
    readonly clustered: boolean,
  ) {}

  /** The key or channel that Redis sees. */
  of(name: string): string {
    return this.prefix + name;
  }

  /** What the user calls a key or channel that came from Redis. */
  nameOf(key: string): string {
    return key.startsWith(this.prefix) ? key.slice(this.prefix.length) : key;
  }

  /**
   * A key beside `name`, such as `orders:dlq`; in a Cluster `{orders}:dlq`, unless the name has a hash tag of its own.
   *
   * @throws InvalidOptionError in a Cluster for a name that no other key can share the slot of.
   */
  derived(name: string, suffix: string): string {
    const key = this.of(name);
    const hasTag = /^[^{]*\{[^}]+\}/.test(key);
    if (!this.clustered || hasTag) return `${key}:${suffix}`;
    if (key.includes('}'))
      throw new InvalidOptionError('RedisFlowModule', 'key', key, 'a key whose braces are a hash tag, in a Cluster');
    return `{${key}}:${suffix}`;
  }

  deadLetters(name: string): string {
    return this.derived(name, 'dlq');
  }
}

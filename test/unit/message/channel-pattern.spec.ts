import { describe, expect, it } from 'vitest';
import { escapeGlob, parseChannelPattern } from '../../../lib/message/index.js';

describe('a channel pattern', () => {
  it.each([
    ['news', 'news'],
    ['a.b:c', 'a.b:c'],
    ['brace{', 'brace{'],
    ['{not a name}', '{not a name}'],
    [String.raw`a\*b`, 'a*b'],
    [String.raw`a\{id\}`, 'a{id}'],
    ['open[', 'open['],
  ])('without parameter or glob is a plain channel: %s', (template, subject) => {
    expect(parseChannelPattern(template)).toMatchObject({ template, subject, isGlob: false, params: [] });
  });

  it.each([
    ['user:{id}', 'user:*', ['id']],
    ['{a}.{b}', '*.*', ['a', 'b']],
    ['news.*', 'news.*', []],
    ['h?llo', 'h?llo', []],
    ['h[ae]llo', 'h[ae]llo', []],
    [String.raw`a\*.{id}`, String.raw`a\*.*`, ['id']],
  ])('with one is a glob: %s', (template, subject, params) => {
    expect(parseChannelPattern(template)).toMatchObject({ template, subject, isGlob: true, params });
  });

  it.each([
    ['user:{id}', 'user:7', { id: '7' }],
    ['user:{id}', 'user:', { id: '' }],
    ['user:{id}', 'user:a:b', { id: 'a:b' }],
    ['{a}.{b}', 'x.y.z', { a: 'x', b: 'y.z' }],
    ['o.{region}.*', 'o.eu.1.2', { region: 'eu' }],
    ['h[ae]llo.{id}', 'hallo.5', { id: '5' }],
    ['a+(b).{id}', 'a+(b).1', { id: '1' }],
    ['{id}:end', 'two\nlines:end', { id: 'two\nlines' }],
    ['{id}', 'é😀', { id: 'é😀' }],
    ['plain', 'plain', {}],
  ])('gives the parameters of a channel: %s, %s', (template, channel, params) => {
    expect(parseChannelPattern(template).match(channel)).toEqual(params);
  });

  it('gives a parameter named __proto__ as a parameter', () => {
    expect(Object.entries(parseChannelPattern('a.{__proto__}').match('a.x'))).toEqual([['__proto__', 'x']]);
  });
});

describe('escaping a glob', () => {
  it('takes every special character as it is', () => {
    expect(escapeGlob(String.raw`a*b?c[d]e\f`)).toBe(String.raw`a\*b\?c\[d\]e\\f`);
    expect(escapeGlob('plain:{x}-^!')).toBe('plain:{x}-^!');
  });

  it('gives a pattern that parses to the plain channel', () => {
    const name = String.raw`a*b?c[d]e\f`;
    expect(parseChannelPattern(escapeGlob(name))).toMatchObject({ subject: name, isGlob: false });
  });
});

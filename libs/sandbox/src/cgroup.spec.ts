import { describe, expect, it } from '@jest/globals';
import { parseCgroupPlace } from './cgroup.js';

describe('parseCgroupPlace', () => {
  it('reads v1 controllers that share a hierarchy', () => {
    const place = parseCgroupPlace('5:cpu,cpuacct:/a\n4:memory:/a/b\n1:name=systemd:/x\n');
    expect(place).toEqual({ v1: { cpu: '/a', cpuacct: '/a', memory: '/a/b' }, v2: null });
  });

  it('reads a pure v2 machine', () => {
    expect(parseCgroupPlace('0::/user.slice/session-3.scope\n')).toEqual({
      v1: {},
      v2: '/user.slice/session-3.scope',
    });
  });

  it('reads nothing from an empty file', () => {
    expect(parseCgroupPlace('')).toEqual({ v1: {}, v2: null });
  });
});

/**
 * A filter of system calls for what namespaces do not cover. Network namespaces do not hold every kind of socket (AF_VSOCK
 * talks to the hypervisor and other machines on it), io_uring can open sockets past a filter, fallocate takes any amount of
 * disk at once, before a limit is looked at (programs that know of it then write instead), and the rest is kernel surface
 * that no build or test needs. Format: an array of `struct sock_filter`, see linux/filter.h and linux/seccomp.h.
 */

const audit = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;
const syscalls = {
  x64: { socket: 41, ioctl: 16, fallocate: 285, forbidden: [248, 249, 250, 298, 321, 323] },
  arm64: { socket: 198, ioctl: 29, fallocate: 47, forbidden: [217, 218, 219, 241, 280, 282] },
} as const;
/** io_uring_setup, io_uring_enter, io_uring_register on every machine. */
const missing = [425, 426, 427];
/** FS_IOC_RESVSP, FS_IOC_RESVSP64, FS_IOC_ZERO_RANGE: fallocate by another name. */
const reserving = [0x4030_5828, 0x4030_582a, 0x4030_5839];
/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK. */
const families = [1, 2, 10, 16];
/** Calls of the x32 ABI on x64 carry this bit. */
const x32Bit = 0x4000_0000;

const errno = { EPERM: 1, ENOSYS: 38, EOPNOTSUPP: 95, EAFNOSUPPORT: 97 } as const;
const offsets = { number: 0, machine: 4, firstArgument: 16, secondArgument: 24 } as const;

type Instruction = [code: number, jumpIfTrue: number, jumpIfFalse: number, value: number];

const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const answer = (value: number): Instruction => [0x06, 0, 0, value];
const allow = answer(0x7fff_0000);
const refuse = (code: number) => answer(0x0005_0000 | code);
/** Runs the next instruction only when the loaded value is equal (or not less). */
const whenEqual = (value: number): Instruction => [0x15, 0, 1, value];
const whenAtLeast = (value: number): Instruction => [0x35, 0, 1, value];

/** Runs a block, which ends with an answer, only when the loaded value is equal. */
const only = (value: number, block: Instruction[]): Instruction[] => [[0x15, 0, block.length, value], ...block];

/** The compiled filter for bwrap's `--seccomp`; `null` on a machine type that the runner does not know either. */
export function seccompFilter(machine: string = process.arch): Buffer | null {
  if (machine !== "x64" && machine !== "arm64") return null;
  const { socket, ioctl, fallocate, forbidden } = syscalls[machine];
  const program: Instruction[] = [
    load(offsets.machine),
    // Another machine's calls (32 bit) have other numbers: skip the refusal only when it is ours.
    [0x15, 1, 0, audit[machine]],
    refuse(errno.ENOSYS),
    load(offsets.number),
    whenAtLeast(x32Bit),
    refuse(errno.ENOSYS),
    ...missing.flatMap((call) => [whenEqual(call), refuse(errno.ENOSYS)]),
    ...forbidden.flatMap((call) => [whenEqual(call), refuse(errno.EPERM)]),
    whenEqual(fallocate),
    refuse(errno.EOPNOTSUPP),
    ...only(ioctl, [
      load(offsets.secondArgument),
      ...reserving.flatMap((request) => [whenEqual(request), refuse(errno.EOPNOTSUPP)]),
      allow,
    ]),
    ...only(socket, [
      load(offsets.firstArgument),
      ...families.flatMap((family) => [whenEqual(family), allow]),
      refuse(errno.EAFNOSUPPORT),
    ]),
    allow,
  ];
  return Buffer.concat(
    program.map(([code, jumpIfTrue, jumpIfFalse, value]) => {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt16LE(code, 0);
      bytes.writeUInt8(jumpIfTrue, 2);
      bytes.writeUInt8(jumpIfFalse, 3);
      bytes.writeUInt32LE(value >>> 0, 4);
      return bytes;
    }),
  );
}

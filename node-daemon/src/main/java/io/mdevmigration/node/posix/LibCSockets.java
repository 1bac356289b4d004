package io.mdevmigration.node.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;

/**
 * The functions of the C library for a netlink socket. Apart from {@link LibC}, because a system
 * without one of them can still read files. The constants are those of include/uapi/asm-generic,
 * which every architecture with mdev drivers (x86_64, aarch64, s390x) has.
 */
final class LibCSockets {
  static final int AF_NETLINK = 16;
  static final int SOCK_RAW = 3;
  static final int SOCK_CLOEXEC = 02000000;
  static final int SOL_SOCKET = 1;
  static final int SO_RCVBUF = 8;
  static final int MSG_TRUNC = 0x20;
  static final int MSG_DONTWAIT = 0x40;
  static final int EFD_CLOEXEC = 02000000;
  static final short POLLIN = 1;

  static {
    Native.register(LibCSockets.class, "c");
  }

  private LibCSockets() {}

  static native int socket(int domain, int type, int protocol);

  static native int bind(int fd, Memory address, int length);

  static native int setsockopt(int fd, int level, int name, Memory value, int length);

  static native long recvfrom(
      int fd, Memory buffer, long length, int flags, Memory sender, Memory senderLength);

  static native int poll(Memory descriptors, long count, int timeoutMillis);

  static native int eventfd(int initial, int flags);
}

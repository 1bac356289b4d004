package io.mdevmigration.node.posix;

/**
 * Linux error numbers and their names, as on every architecture that has mdev drivers (x86_64,
 * aarch64, s390x): include/uapi/asm-generic/errno-base.h, errno.h and, for the numbers from 512 up
 * that leak out of drivers, include/linux/errno.h.
 */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int EXDEV = 18;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int EMFILE = 24;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int ERANGE = 34;
  public static final int ELOOP = 40;
  public static final int EOPNOTSUPP = 95;
  public static final int ENOBUFS = 105;
  public static final int ETIMEDOUT = 110;

  /** The kernel's internal "not supported", which drivers hand out by mistake for EOPNOTSUPP. */
  public static final int ENOTSUPP = 524;

  /** Indexed by number; the holes (0, 41, 58) are numbers that Linux does not use. */
  private static final String[] NAMES =
      """
      - EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF \
      ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV \
      ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE \
      EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY \
      ELOOP - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH \
      ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT \
      ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT \
      ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC \
      ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ \
      EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT \
      EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL \
      ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN \
      ESHUTDOWN ETOOMANYREFS \
      ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN \
      ENOTNAM ENAVAIL \
      EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED \
      EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON"""
          .split(" ", -1);

  private static final int FIRST_INTERNAL = 512;

  private static final String[] INTERNAL_NAMES =
      """
      ERESTARTSYS ERESTARTNOINTR ERESTARTNOHAND ENOIOCTLCMD ERESTART_RESTARTBLOCK EPROBE_DEFER \
      EOPENSTALE ENOPARAM - - - - ENOTSUPP"""
          .split(" ", -1);

  private Errno() {}

  /**
   * The name of an error number, such as {@code EINVAL}; {@code E} and the number for one that
   * Linux does not name, such as {@code E4711}.
   */
  public static String name(int errno) {
    String name =
        errno >= FIRST_INTERNAL ? at(INTERNAL_NAMES, errno - FIRST_INTERNAL) : at(NAMES, errno);
    return name.equals("-") ? "E" + errno : name;
  }

  private static String at(String[] names, int index) {
    return index >= 0 && index < names.length ? names[index] : "-";
  }
}

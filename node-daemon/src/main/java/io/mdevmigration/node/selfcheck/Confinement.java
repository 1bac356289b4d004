package io.mdevmigration.node.selfcheck;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What confines a process, read from the label that the kernel gives it. */
sealed interface Confinement {
  /** Nothing does, or it is not known. */
  record None() implements Confinement {}

  /**
   * An AppArmor profile that is enforced.
   *
   * @param profile its name
   */
  record AppArmor(String profile) implements Confinement {
    /**
     * What the container runtimes give to containers that ask for nothing: each refuses writes
     * below {@code /sys}, by that path (containerd's contrib/apparmor, Docker's profiles/apparmor,
     * containers/common's pkg/apparmor).
     */
    boolean isDefaultOfContainers() {
      return profile.equals("cri-containerd.apparmor.d")
          || profile.equals("docker-default")
          || profile.equals("crio-default")
          || profile.startsWith("containers-default");
    }
  }

  /**
   * A SELinux context.
   *
   * @param type its type, which is the domain of a process
   */
  record SeLinux(String type) implements Confinement {}

  /** A profile's mode stands behind it in brackets; profiles that are only stacked have none. */
  Pattern APP_ARMOR = Pattern.compile("(\\S[^()]*) \\((enforce|kill)\\)");

  /** User, role, type, and a level that may have colons itself. */
  Pattern SE_LINUX = Pattern.compile("[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+:([A-Za-z0-9_.-]+)(:.*)?");

  /** Reads a label; what is none confines nobody. */
  static Confinement of(Optional<String> label) {
    String text = label.orElse("");
    Matcher appArmor = APP_ARMOR.matcher(text);
    if (appArmor.matches()) {
      return new AppArmor(appArmor.group(1));
    }
    Matcher seLinux = SE_LINUX.matcher(text);
    return seLinux.matches() ? new SeLinux(seLinux.group(1)) : new None();
  }
}

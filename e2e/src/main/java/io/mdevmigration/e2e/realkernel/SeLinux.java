package io.mdevmigration.e2e.realkernel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * SELinux, with {@code profiles/selinux} on top of Debian's whole policy; what else a guest needs
 * is in e2e/real-kernel/selinux. The attributes get their label by the profile's udev rule, from a
 * real udev in its own domain.
 */
public final class SeLinux implements Confinement {
  /** The context of the daemon's process: the profile's type, and categories as a pod has. */
  public static final String CONTEXT = context("mdev_node_t");

  /** The label that the profile has for version attributes. */
  public static final String VERSION_TYPE = "mdev_node_version_t";

  private static final String CATEGORIES = "s0:c1,c2";
  private static final String FILES = "system_u:object_r:container_file_t:" + CATEGORIES;
  private static final String COMPILE = "e2e/real-kernel/selinux/compile";
  private static final String LOAD = "e2e/real-kernel/selinux/load";
  private static final long COMPILING_MINUTES = 4;

  /** The context of a container's process of this type. */
  public static String context(String type) {
    return "system_u:system_r:%s:%s".formatted(type, CATEGORIES);
  }

  @Override
  public List<String> guestOptions() {
    return List.of("--selinux");
  }

  /** Loads it and has it obeyed. */
  @Override
  public void load(Guest guest) {
    Path profiles = Project.root().resolve("profiles/selinux");
    compile(profiles.resolve("mdev_node.cil"), guest.share());
    guest.run("%s /node %s".formatted(Project.program(LOAD), profiles.resolve("mdev-node.rules")));
  }

  private static void compile(Path module, Path folder) {
    OwnedProcess compiler =
        OwnedProcess.start(
            "the compiler of the SELinux policy",
            List.of(Project.program(COMPILE).toString(), folder.toString(), module.toString()),
            folder.resolve("compile.log"));
    if (!compiler.awaitEnd(COMPILING_MINUTES, TimeUnit.MINUTES).equals(OptionalInt.of(0))) {
      compiler.kill();
      throw new IllegalStateException(
          "%s failed: see %s".formatted(compiler.name(), compiler.log()));
    }
  }

  @Override
  public String mountImage(String root) {
    // As a container engine does it: every file of the image has the pod's label.
    return ("mkdir -p %1$s.own %1$s.work && mount -t overlay -o"
            + " 'lowerdir=/,upperdir=%1$s.own,workdir=%1$s.work,context=\"%2$s\"' overlay %1$s")
        .formatted(root, FILES);
  }

  @Override
  public void confine(ObjectNode container) {
    ((ObjectNode) container.get("process")).put("selinuxLabel", CONTEXT);
    ((ObjectNode) container.get("linux")).put("mountLabel", FILES);
  }

  @Override
  public CommandResult lifted(Guest guest, Function<List<String>, CommandResult> exec) {
    enforce(guest, false);
    try {
      return exec.apply(List.of());
    } finally {
      enforce(guest, true);
    }
  }

  private static void enforce(Guest guest, boolean enforce) {
    guest.run("echo %d > /sys/fs/selinux/enforce".formatted(enforce ? 1 : 0));
  }
}

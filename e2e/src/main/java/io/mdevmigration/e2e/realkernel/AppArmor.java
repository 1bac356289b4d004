package io.mdevmigration.e2e.realkernel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.CommandResult;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** AppArmor, with {@code profiles/apparmor}. */
public final class AppArmor implements Confinement {
  /** The name of the profile. */
  public static final String PROFILE = "mdev-node";

  private static final String TOOLS = ConfinedDaemon.TOOLS;

  @Override
  public List<String> guestOptions() {
    return List.of();
  }

  @Override
  public void load(Guest guest) {
    Path profile = Project.root().resolve("profiles/apparmor/mdev-node");
    guest.run(
        "mountpoint -q /sys/kernel/security || mount -t securityfs none /sys/kernel/security; "
            + TOOLS
            + "/sbin/apparmor_parser --replace --skip-cache --config-file "
            + TOOLS
            + "/etc/apparmor/parser.conf --base "
            + TOOLS
            + "/etc/apparmor.d "
            + profile);
  }

  @Override
  public String mountImage(String root) {
    return "mount --bind / " + root;
  }

  @Override
  public void confine(ObjectNode container) {
    ((ObjectNode) container.get("process")).put("apparmorProfile", PROFILE);
  }

  @Override
  public CommandResult lifted(Guest guest, Function<List<String>, CommandResult> exec) {
    return exec.apply(List.of("--apparmor", "unconfined"));
  }
}

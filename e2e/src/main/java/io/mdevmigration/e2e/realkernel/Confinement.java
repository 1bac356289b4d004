package io.mdevmigration.e2e.realkernel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mdevmigration.e2e.controlplane.CommandResult;
import java.util.List;
import java.util.function.Function;

/**
 * The kernel's security module that confines a {@link ConfinedDaemon}, by the project's profile.
 */
public interface Confinement {
  /** What e2e/real-kernel/node has to be told to boot a kernel with it. */
  List<String> guestOptions();

  /** Loads the project's profile into the guest's kernel; once in each boot. */
  void load(Guest guest);

  /**
   * The command that mounts the guest's own root, as an image, where a container has its root.
   *
   * @param root the folder
   */
  String mountImage(String root);

  /** Has a container confined: changes its description, that of the OCI runtime specification. */
  void confine(ObjectNode container);

  /**
   * Runs a command in a confined container as if the profile were not there.
   *
   * @param exec runs it, with options of {@code runc exec}
   */
  CommandResult lifted(Guest guest, Function<List<String>, CommandResult> exec);
}

package io.mdevmigration.e2e.realkernel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.CommandResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The shipped daemon in a container in a guest, as a pod of the chart would run it: uid 0 without
 * any capability, no new privileges, the default seccomp profile of a container engine, a read-only
 * root, the host's /sys at /host/sys with nothing but /host/sys/devices writable, and one of the
 * project's profiles. Its network is the guest's. Its image is the guest's own root with the
 * shipped files at /app. Made by runc from {@code container.json}, beside this class.
 */
public final class ConfinedDaemon {
  /** Where the container has the host's sysfs. */
  public static final String SYSFS = "/host/sys";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** See e2e/real-kernel/README.md. */
  static final String TOOLS = "/node/tools";

  private static final String BUNDLE = "/run/confined";
  private static final String RUNC = TOOLS + "/usr/sbin/runc --root /run/runc ";
  private static final String CONTAINER = "daemon";

  private final Guest guest;
  private final Confinement confinement;

  private ConfinedDaemon(Guest guest, Confinement confinement) {
    this.guest = guest;
    this.confinement = confinement;
  }

  /**
   * Loads the profile and starts the daemon; its log is daemon.log in the shared folder.
   *
   * @param node a node that is known to the API server
   * @param confinement which the guest's kernel was booted for
   * @param arguments of the daemon, besides its name and sysfs
   */
  public static ConfinedDaemon start(
      RealKernelNode node, Confinement confinement, String... arguments) {
    Guest guest = node.guest();
    confinement.load(guest);
    makeImage(guest, confinement);
    ObjectNode container = template();
    confinement.confine(container);
    ArrayNode args = (ArrayNode) container.at("/process/args");
    List.of(
            "/app/bin/mdev-node",
            "daemon",
            "--without-admission-policies",
            "--node-name",
            node.name(),
            "--sysfs",
            SYSFS)
        .forEach(args::add);
    List.of(arguments).forEach(args::add);
    ((ObjectNode) container.get("linux")).set("seccomp", seccomp(guest.share().resolve("tools")));
    try {
      JSON.writeValue(guest.share().resolve("config.json").toFile(), container);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    guest.run("cp /node/config.json " + BUNDLE);
    // Through a pipe, as a container engine has it: the profile lets no file be written.
    guest.run(
        "(%s run --bundle %s --pid-file %s/pid %s 2>&1 | cat >> /node/daemon.log) < /dev/null"
                .formatted(RUNC, BUNDLE, BUNDLE, CONTAINER)
            + " > /dev/null 2>&1 & while [ ! -s "
            + BUNDLE
            + "/pid ]; do sleep 0.1; done");
    return new ConfinedDaemon(guest, confinement);
  }

  /** Its process, as the guest counts. */
  public int pid() {
    return Integer.parseInt(guest.run("cat " + BUNDLE + "/pid"));
  }

  /** Runs a shell command beside the daemon, confined as it is. */
  public CommandResult sh(String command) {
    return exec(List.of(), command);
  }

  /** Runs a shell command beside the daemon, confined as it is but for the profile. */
  public CommandResult shWithoutProfile(String command) {
    return confinement.lifted(guest, options -> exec(options, command));
  }

  /** Runs a shell command beside the daemon, with options of {@code runc exec}. */
  CommandResult exec(List<String> options, String command) {
    return guest.sh(
        RUNC
            + "exec %s %s sh -c '%s'"
                .formatted(String.join(" ", options), CONTAINER, command.replace("'", "'\\''")));
  }

  private static void makeImage(Guest guest, Confinement confinement) {
    String root = BUNDLE + "/root";
    Path shipped = Project.program("node-daemon/target/mdev-node/bin/mdev-node").getParent();
    guest.run(
        "mkdir -p %1$s && %2$s && mkdir -p %1$s/app && cp -r %3$s/. %1$s/app"
            .formatted(root, confinement.mountImage(root), shipped.getParent()));
  }

  private static ObjectNode template() {
    try (InputStream in = ConfinedDaemon.class.getResourceAsStream("container.json")) {
      return (ObjectNode) JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The engine's profile as runc wants it: what is for other processors and for capabilities goes.
   */
  private static ObjectNode seccomp(Path tools) {
    JsonNode profile;
    try {
      profile = JSON.readTree(Files.readString(tools.resolve("usr/share/containers/seccomp.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ObjectNode seccomp = JSON.createObjectNode();
    seccomp.set("defaultAction", profile.get("defaultAction"));
    seccomp.set("defaultErrnoRet", profile.get("defaultErrnoRet"));
    seccomp.putArray("architectures").add("SCMP_ARCH_X86_64").add("SCMP_ARCH_X86");
    ArrayNode syscalls = seccomp.putArray("syscalls");
    for (JsonNode rule : profile.get("syscalls")) {
      JsonNode arches = rule.at("/includes/arches");
      boolean ours = arches.isMissingNode() || contains(arches, "amd64");
      if (ours && rule.at("/includes/caps").isMissingNode()) {
        ObjectNode kept = syscalls.addObject();
        for (String field : List.of("names", "action", "args", "errnoRet")) {
          if (rule.hasNonNull(field)) {
            kept.set(field, rule.get(field));
          }
        }
      }
    }
    return seccomp;
  }

  private static boolean contains(JsonNode array, String text) {
    for (JsonNode element : array) {
      if (element.asText().equals(text)) {
        return true;
      }
    }
    return false;
  }
}

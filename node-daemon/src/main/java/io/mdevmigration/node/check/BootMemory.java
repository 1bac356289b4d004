package io.mdevmigration.node.check;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Reason;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether drivers have been asked in the present boot, and which classes they have answered in it.
 * Only a cache: without it questions are stored once more before they are asked. After a restart it
 * is filled from what is stored. Not thread-safe.
 */
public final class BootMemory {
  private static final int CLASSES_MAX = 2 * Api.CHECKS_MAX;

  private String boot = "";
  private boolean begun;

  /** Digest to the identity of the driver that answered; the oldest go first. */
  private final Map<String, String> answered =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > CLASSES_MAX;
        }
      };

  /** Notes that a driver has been asked. */
  public void begin(String bootID) {
    if (!bootID.equals(boot)) {
      boot = bootID;
      answered.clear();
    }
    begun = true;
  }

  /**
   * Notes which answers were given by drivers in the boot of the inventory that they are stored
   * with.
   */
  public void learn(Inventory inventory, Collection<Answer> answers) {
    Optional.ofNullable(inventory.bootID())
        .ifPresent(
            bootID ->
                answers.stream()
                    .filter(answer -> isAsked(inventory, answer))
                    .forEach(
                        answer -> {
                          begin(bootID);
                          inventory
                              .driverOf(answer.type())
                              .ifPresent(driver -> answered.put(answer.digest(), driver));
                        }));
  }

  /** Whether a driver has been asked in this boot. */
  boolean hasBegun(String bootID) {
    return begun && bootID.equals(boot);
  }

  /** Whether this driver has answered a class in this boot. */
  boolean isAnswered(String bootID, String digest, String driver) {
    return bootID.equals(boot) && driver.equals(answered.get(digest));
  }

  private static boolean isAsked(Inventory inventory, Answer answer) {
    boolean present =
        answer.revision() != null
            && inventory
                .type(answer.type())
                .filter(type -> Objects.equals(type.revision(), answer.revision()))
                .isPresent();
    return present
        && (answer.is(Reason.ACCEPTED)
            || answer.is(Reason.REFUSED)
            || (answer.is(Reason.NOT_SUPPORTED)
                && !isReadAsNotSupported(inventory, answer.type())));
  }

  /** Then a driver that was never asked gives the same answer as one that was. */
  private static boolean isReadAsNotSupported(Inventory inventory, String type) {
    return inventory.parentGroups().stream()
        .flatMap(group -> group.types().stream())
        .filter(offered -> offered.type().equals(type))
        .map(ParentType::problem)
        .anyMatch(problem -> problem != null && problem.is(Reason.NOT_SUPPORTED));
  }
}

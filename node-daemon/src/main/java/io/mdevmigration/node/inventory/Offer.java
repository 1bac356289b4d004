package io.mdevmigration.node.inventory;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Driver;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.Reason;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * A type that one parent offers, as a target of questions.
 *
 * @param type the full mdev type
 * @param parent the parent's name
 * @param driver the parent's driver
 * @param target whether and where it can be asked
 */
public record Offer(String type, String parent, Driver driver, Target target) {
  public Offer {
    requireNonNull(type, "type");
    requireNonNull(parent, "parent");
    requireNonNull(driver, "driver");
    requireNonNull(target, "target");
  }

  /** Whether and where it can be asked. */
  public sealed interface Target {}

  /**
   * It can be asked.
   *
   * @param device the parent's device directory, resolved
   * @param attribute the version attribute's name
   * @param inode the attribute's inode number
   * @param key what an answer holds for: the same attribute of the same boot with the same version
   */
  public record Askable(Path device, String attribute, long inode, String key) implements Target {
    public Askable {
      requireNonNull(device, "device");
      requireNonNull(attribute, "attribute");
      requireNonNull(key, "key");
    }
  }

  /**
   * The answer is known without asking: the type cannot migrate on this parent.
   *
   * @param reason NoVersionAttribute, NotWritable or NotSupported
   * @param errno what reading gave, with NotSupported
   */
  public record Settled(Reason reason, OptionalInt errno) implements Target {
    public Settled {
      requireNonNull(reason, "reason");
      requireNonNull(errno, "errno");
    }
  }

  /**
   * Something of it could not be read: nothing is known, and nothing is asked.
   *
   * @param problem why
   */
  public record Unread(Problem problem) implements Target {
    public Unread {
      requireNonNull(problem, "problem");
    }
  }
}

package io.mdevmigration.node.inventory;

import io.mdevmigration.crds.Inventory;
import io.mdevmigration.node.sysfs.Bus;
import io.mdevmigration.node.sysfs.Familiar;
import io.mdevmigration.node.sysfs.Reading;
import io.mdevmigration.node.sysfs.Scan;
import io.mdevmigration.node.sysfs.ScannedParent;
import io.mdevmigration.node.sysfs.ScannedType;
import io.mdevmigration.node.sysfs.VersionAttribute;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers, from one scan to the next, which versions hold still. One that does not would cost a
 * question and a write with each scan, and whatever is published of it would be wrong by then.
 *
 * <p>A version is unstable if two reads in a row differ, or if it changes in three scans in a row,
 * or more often than not; its driver being loaded anew, which gives a new attribute, is no change.
 * It is stable again once it has held still for some scans, twice as many each time that it turns
 * out to be unstable again. Not thread-safe.
 */
public final class Steadiness implements Familiar {
  /** Scans in which an unstable version has to hold still, for the first time. */
  static final int STILL_FIRST = 3;

  static final int STILL_MAX = 96;

  /** Scans after which it is forgotten that a version has been unstable. */
  static final int FORGOTTEN_AFTER = 192;

  private static final int RESTLESS_BY_A_CHANGE = 2;
  private static final int RESTLESS_MAX = 3 * RESTLESS_BY_A_CHANGE;

  private Optional<String> bootId = Optional.empty();
  private Map<String, Map<String, Track>> byParent = new HashMap<>();

  @Override
  public boolean isFamiliar(String parent, String type, long inode, String version) {
    return track(parent, type)
        .filter(track -> track.inode() == inode && track.steady())
        .filter(track -> track.content().equals(hash(version)))
        .isPresent();
  }

  /**
   * Takes up what a scan has read.
   *
   * @param before what was published before: a version that was unstable when the daemon ended is
   *     so when it starts again
   */
  public void observe(Scan scan, Optional<Inventory> before) {
    if (!scan.bootId().equals(bootId)) {
      byParent = new HashMap<>();
      bootId = scan.bootId();
    }
    Published published =
        before
            .filter(b -> scan.bootId().equals(Optional.ofNullable(b.bootID())))
            .map(Published::new)
            .orElseGet(Published::nothing);
    Map<String, Map<String, Track>> next = new HashMap<>();
    byParent.forEach(
        (parent, tracks) -> {
          if (scan.bus() == Bus.UNREADABLE || scan.unreadableParents().contains(parent)) {
            next.put(parent, tracks);
          }
        });
    for (ScannedParent parent : scan.parents()) {
      Map<String, Track> tracks = new HashMap<>();
      for (ScannedType type : parent.types()) {
        boolean unstableBefore = published.isUnstable(parent.name(), type.type());
        observe(track(parent.name(), type.type()), type.version(), unstableBefore)
            .ifPresent(track -> tracks.put(type.type(), track));
      }
      next.put(parent.name(), tracks);
    }
    byParent = next;
  }

  /** Whether the version of a type on a parent changes too often to be one. */
  boolean isUnstable(String parent, String type) {
    return track(parent, type).filter(track -> !track.steady()).isPresent();
  }

  private Optional<Track> track(String parent, String type) {
    return Optional.ofNullable(byParent.getOrDefault(parent, Map.of()).get(type));
  }

  private static Optional<Track> observe(
      Optional<Track> track, VersionAttribute version, boolean unstableBefore) {
    if (version instanceof VersionAttribute.Absent) {
      return Optional.empty();
    }
    if (!(version instanceof VersionAttribute.Present present)) {
      return track;
    }
    if (present.reading() instanceof Reading.Differing) {
      return Optional.of(
          track
              .filter(known -> known.inode() == present.inode())
              .orElseGet(() -> Track.fresh(present.inode(), ""))
              .unstable(""));
    }
    return present
        .reading()
        .text()
        .map(text -> next(track, present.inode(), hash(text), unstableBefore))
        .or(() -> track);
  }

  private static Track next(
      Optional<Track> track, long inode, String content, boolean unstableBefore) {
    if (track.isEmpty() && unstableBefore) {
      return Track.fresh(inode, content).unstable(content);
    }
    return track
        .filter(known -> known.inode() == inode)
        .map(known -> known.content().equals(content) ? known.same() : known.other(content))
        .orElseGet(() -> Track.fresh(inode, content));
  }

  /** Short, whatever a driver gives as its version. */
  private static String hash(String version) {
    return Hash.ofText(Hash.LENGTH, version);
  }

  /**
   * What is known of one attribute.
   *
   * @param inode which one it is
   * @param content what was read last, hashed
   * @param restless how much it changes of late, while it is steady
   * @param still scans in which it has not changed
   * @param times how often it was found to be unstable
   */
  private record Track(
      long inode, String content, int restless, int still, int times, boolean steady) {
    static Track fresh(long inode, String content) {
      return new Track(inode, content, 0, 0, 0, true);
    }

    Track same() {
      int longer = Math.min(still + 1, FORGOTTEN_AFTER);
      if (steady) {
        return longer == FORGOTTEN_AFTER
            ? new Track(inode, content, 0, longer, 0, true)
            : new Track(inode, content, Math.max(0, restless - 1), longer, times, true);
      }
      int needed = (int) Math.min(STILL_MAX, STILL_FIRST * Math.pow(2, times - 1.0));
      return new Track(inode, content, 0, longer, times, longer >= needed);
    }

    Track other(String now) {
      int more = restless + RESTLESS_BY_A_CHANGE;
      return times > 0 || more >= RESTLESS_MAX
          ? unstable(now)
          : new Track(inode, now, more, 0, 0, true);
    }

    Track unstable(String now) {
      return new Track(inode, now, 0, 0, steady ? times + 1 : times, false);
    }
  }
}

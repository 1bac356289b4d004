package io.mdevmigration.operator.watch;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which objects of one kind there are, by a watch and by fresh lists that are read while the watch
 * goes on, and which of the two is to be believed.
 *
 * <p>A list is a picture of one moment, taken after the listing began. So it is right about all
 * that was told before, even where it holds an older version: then etcd was restored from a
 * snapshot. Only what the watch tells while the list is being read may be newer than the picture;
 * those two compare by their versions, which Kubernetes 1.35 documents to be numbers.
 *
 * <p>Not thread-safe.
 */
final class Known {
  private final Set<String> names = new HashSet<>();
  private final Set<String> listed = new HashSet<>();

  /** The newest version that the watch told of each object since the listing began. */
  private final Map<String, Long> meanwhile = new HashMap<>();

  private boolean listing;
  private long toldMeanwhile;
  private long newest;
  private long newestBefore;

  /** What a complete list shows besides its objects. */
  enum History {
    /** It is as new as all that was told before, or newer. */
    GOES_ON,
    /** It is older than what was told before: etcd was restored from a snapshot. */
    WENT_BACK
  }

  /** A listing begins. One that has begun before and did not end is forgotten. */
  void listBegins() {
    listed.clear();
    meanwhile.clear();
    toldMeanwhile = 0;
    newestBefore = newest;
    listing = true;
  }

  /**
   * An object is in the list.
   *
   * @param listVersion the version of the list's picture
   * @return whether the list is to be believed: the watch has told nothing newer of this object
   */
  boolean inList(String name, String listVersion) {
    listed.add(name);
    if (isNewerThan(name, number(listVersion))) {
      return false;
    }
    names.add(name);
    return true;
  }

  /**
   * The list is complete. Until then nothing that is missing in it proves anything.
   *
   * @param listVersion the version of the list's picture
   * @return the objects that were known and are no more
   */
  Set<String> listEnds(String listVersion) {
    long version = number(listVersion);
    Set<String> gone = new HashSet<>(names);
    gone.removeAll(listed);
    gone.removeIf(name -> isNewerThan(name, version));
    names.removeAll(gone);
    listed.clear();
    listing = false;
    return gone;
  }

  /** Whether a list of this version continues what was told before it began. */
  History history(String listVersion) {
    long version = number(listVersion);
    newest = Math.max(version, toldMeanwhile);
    return version < newestBefore ? History.WENT_BACK : History.GOES_ON;
  }

  /** The watch tells that there is an object, or that it has changed. */
  void told(String name, String version) {
    noteMeanwhile(name, number(version));
    names.add(name);
  }

  /**
   * The watch tells that an object was deleted.
   *
   * @return whether it was known
   */
  boolean deleted(String name, String version) {
    noteMeanwhile(name, number(version));
    return names.remove(name);
  }

  /** The watch tells how far it has come. */
  void cameTo(String version) {
    newest = Math.max(newest, number(version));
    toldMeanwhile = Math.max(toldMeanwhile, number(version));
  }

  /**
   * How far the watch has come since the last listing began: what the next watch, which starts at
   * that list, tells once more up to here. 0 if it has told nothing.
   */
  long toldMeanwhile() {
    return toldMeanwhile;
  }

  /** How many objects there are. */
  int size() {
    return names.size();
  }

  private void noteMeanwhile(String name, long version) {
    if (listing) {
      meanwhile.merge(name, version, Math::max);
    }
    newest = Math.max(newest, version);
    toldMeanwhile = Math.max(toldMeanwhile, version);
  }

  private boolean isNewerThan(String name, long listVersion) {
    return meanwhile.getOrDefault(name, 0L) > listVersion;
  }

  /** A resource version as a number; 0 for what is none. */
  static long number(String resourceVersion) {
    try {
      return Long.parseLong(resourceVersion);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}

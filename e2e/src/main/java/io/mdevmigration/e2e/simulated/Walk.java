package io.mdevmigration.e2e.simulated;

import io.mdevmigration.e2e.simulated.Entry.Folder;
import io.mdevmigration.e2e.simulated.Entry.Link;
import io.mdevmigration.node.posix.Errno;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** From a path to the entry it leads to, the way the kernel walks. */
final class Walk {
  /** What the end of a path may be. */
  enum Last {
    FOLLOWED,
    NOT_FOLLOWED
  }

  /**
   * Where a path leads.
   *
   * @param path without symbolic links in it
   * @param entry what is there
   */
  record Found(Path path, Entry entry) {}

  /** As in Linux: MAXSYMLINKS. */
  private static final int LINKS_MAX = 40;

  private final Folder root;

  Walk(Folder root) {
    this.root = root;
  }

  /**
   * The entry at an absolute path.
   *
   * @throws ErrnoException ENOENT, ENOTDIR, ELOOP
   */
  Found find(Path path, Last last) throws ErrnoException {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("not an absolute path: " + path);
    }
    Deque<String> rest = new ArrayDeque<>();
    path.forEach(name -> rest.addLast(name.toString()));
    Deque<Found> folders = new ArrayDeque<>();
    Found here = new Found(Path.of("/"), root);
    int links = 0;
    while (!rest.isEmpty()) {
      String name = rest.removeFirst();
      if (!(here.entry() instanceof Folder folder)) {
        throw new ErrnoException(Errno.ENOTDIR);
      }
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        here = folders.isEmpty() ? here : folders.removeLast();
        continue;
      }
      Entry entry =
          folder.entries().apply(name).orElseThrow(() -> new ErrnoException(Errno.ENOENT));
      if (entry instanceof Link link && (last == Last.FOLLOWED || !rest.isEmpty())) {
        links++;
        if (links > LINKS_MAX) {
          throw new ErrnoException(Errno.ELOOP);
        }
        Path target = Path.of(link.target());
        for (int i = target.getNameCount() - 1; i >= 0; i--) {
          rest.addFirst(target.getName(i).toString());
        }
        if (target.isAbsolute()) {
          folders.clear();
          here = new Found(Path.of("/"), root);
        }
        continue;
      }
      folders.addLast(here);
      here = new Found(here.path().resolve(name), entry);
    }
    return here;
  }
}

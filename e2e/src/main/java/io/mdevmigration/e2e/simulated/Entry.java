package io.mdevmigration.e2e.simulated;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** A directory entry of the simulated file system. */
sealed interface Entry {
  /** Permission bits of a directory. */
  int FOLDER_MODE = 0755;

  /**
   * A directory. Its entries are made when they are looked up: a thousand kernels with thousands of
   * files each would not fit otherwise.
   *
   * @param inode its inode number
   * @param names the names in it
   * @param entries the entry of a name, if there is one
   */
  record Folder(
      long inode, Supplier<Collection<String>> names, Function<String, Optional<Entry>> entries)
      implements Entry {
    static Folder of(long inode, Map<String, Entry> entries) {
      return new Folder(inode, entries::keySet, name -> Optional.ofNullable(entries.get(name)));
    }
  }

  /**
   * A symbolic link.
   *
   * @param target relative to the directory that the link is in, or absolute
   */
  record Link(String target) implements Entry {}

  /**
   * A file.
   *
   * @param inode its inode number
   * @param mode its permission bits
   * @param reader what a read(2) does
   * @param writer what a write(2) of one page at most does
   */
  record Attribute(long inode, int mode, Reader reader, Writer writer) implements Entry {}

  /** What a read(2) does. */
  interface Reader {
    byte[] read() throws ErrnoException;
  }

  /** What a write(2) does; bytes are never empty. */
  interface Writer {
    int write(byte[] bytes) throws ErrnoException;
  }
}

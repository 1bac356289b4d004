package io.mdevmigration.e2e.controlplane;

import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** Answered requests in the order of their answers, and ways to keep some of them. Immutable. */
public final class AuditEntries implements Iterable<AuditEntry> {
  private final List<AuditEntry> entries;

  AuditEntries(List<AuditEntry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** Those with the verbs create, update, patch, delete and deletecollection. */
  public AuditEntries writes() {
    return where(AuditEntry::isWrite);
  }

  /** Those about anything but Leases. */
  public AuditEntries withoutLeases() {
    return where(entry -> !entry.isLease());
  }

  /** Those about anything but Events. */
  public AuditEntries withoutEvents() {
    return where(entry -> !entry.isEvent());
  }

  /** Those of a user agent: {@code mdev-operator} keeps "mdev-operator" and "mdev-operator/1.0". */
  public AuditEntries byUserAgent(String product) {
    return where(entry -> entry.isBy(product));
  }

  /** Those about a resource, by its plural, subresources included. */
  public AuditEntries of(String resource) {
    return where(entry -> entry.resource().equals(resource));
  }

  /** Those that a test holds for. */
  public AuditEntries where(Predicate<AuditEntry> test) {
    return new AuditEntries(entries.stream().filter(test).toList());
  }

  /** All as a list. */
  public List<AuditEntry> list() {
    return entries;
  }

  /** How many. */
  public int size() {
    return entries.size();
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  @Override
  public Iterator<AuditEntry> iterator() {
    return entries.iterator();
  }

  /** One line for each, for messages. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(entries.size() + " requests");
    for (AuditEntry entry : entries) {
      text.append(
          "%n%s %s %s %d by %s (%s)"
              .formatted(
                  entry.completed(),
                  entry.verb(),
                  entry.uri(),
                  entry.code(),
                  entry.userAgent(),
                  entry.user()));
    }
    return text.toString();
  }
}

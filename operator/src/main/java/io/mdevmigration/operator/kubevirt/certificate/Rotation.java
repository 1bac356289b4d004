package io.mdevmigration.operator.kubevirt.certificate;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The certificates as the replicas share them. The next one is trusted before anyone shows it, and
 * the one before is trusted as long as some replica may show it: so no request is ever refused.
 *
 * @param current the one to show
 * @param next the one to come
 * @param former the authority of the one before
 */
record Rotation(Issued current, Optional<Issued> next, Optional<String> former) {
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";
  private static final String AUTHORITY = "ca.crt";
  private static final String NEXT = "next-";
  private static final String FORMER = "former-";

  /**
   * When what happens.
   *
   * @param renew how long before its end the next certificate is made; at least twice the settling
   * @param settle how long the next one is trusted before it is shown: longer than any API server
   *     takes to learn of it
   */
  record Times(Duration renew, Duration settle) {}

  /** The first certificate. */
  static Rotation first(Issued issued) {
    return new Rotation(issued, Optional.empty(), Optional.empty());
  }

  /**
   * Reads it.
   *
   * @param data of a Secret, decoded
   * @return empty if there is none, or something that is none
   */
  static Optional<Rotation> read(Map<String, String> data) {
    return issued(data, "")
        .map(
            current ->
                new Rotation(
                    current,
                    issued(data, NEXT),
                    Optional.ofNullable(data.get(FORMER + AUTHORITY)).filter(Rotation::isOne)));
  }

  /** As the data of a Secret, not encoded. */
  Map<String, String> write() {
    Map<String, String> data = new HashMap<>();
    put(data, "", current);
    next.ifPresent(issued -> put(data, NEXT, issued));
    former.ifPresent(authority -> data.put(FORMER + AUTHORITY, authority));
    return data;
  }

  /** Every authority to trust, as PEM. */
  String bundle() {
    Set<String> authorities = new LinkedHashSet<>();
    authorities.add(current.authority());
    next.map(Issued::authority).ifPresent(authorities::add);
    former.ifPresent(authorities::add);
    return String.join("", authorities);
  }

  /**
   * What is due now.
   *
   * @param issue makes a certificate
   * @return itself if nothing is due
   */
  Rotation at(Instant now, Times times, Function<Instant, Issued> issue) {
    if (!now.isBefore(end(current))) {
      // Nothing is lost by haste: nobody trusts it any more.
      return first(issue.apply(now));
    }
    if (next.isPresent() && !now.isBefore(made(next.get()).plus(times.settle()))) {
      return new Rotation(next.get(), Optional.empty(), Optional.of(current.authority()));
    }
    if (next.isEmpty() && !now.isBefore(end(current).minus(times.renew()))) {
      return new Rotation(current, Optional.of(issue.apply(now)), former);
    }
    return this;
  }

  private static Instant made(Issued issued) {
    try {
      return issued.serving().notBefore().plus(Issuer.BACKDATE);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("only certificates get here", e);
    }
  }

  private static Instant end(Issued issued) {
    try {
      return issued.serving().notAfter();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("only certificates get here", e);
    }
  }

  private static void put(Map<String, String> data, String prefix, Issued issued) {
    data.put(prefix + AUTHORITY, issued.authority());
    data.put(prefix + CERTIFICATE, issued.serving().certificate());
    data.put(prefix + KEY, issued.serving().key());
  }

  private static Optional<Issued> issued(Map<String, String> data, String prefix) {
    String authority = data.get(prefix + AUTHORITY);
    String certificate = data.get(prefix + CERTIFICATE);
    String key = data.get(prefix + KEY);
    if (authority == null || certificate == null || key == null) {
      return Optional.empty();
    }
    Serving serving = new Serving(certificate, key);
    return isOne(authority) && isUsable(serving)
        ? Optional.of(new Issued(authority, serving))
        : Optional.empty();
  }

  private static boolean isUsable(Serving serving) {
    try {
      serving.privateKey();
      return true;
    } catch (GeneralSecurityException e) {
      // Whoever wrote it: it is replaced.
      return false;
    }
  }

  private static boolean isOne(String certificate) {
    try {
      Serving.first(certificate);
      return true;
    } catch (GeneralSecurityException e) {
      // Whoever wrote it: it is left out.
      return false;
    }
  }
}

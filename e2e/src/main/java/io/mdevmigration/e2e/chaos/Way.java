package io.mdevmigration.e2e.chaos;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.e2e.proxy.ApiProxy;
import io.mdevmigration.e2e.proxy.Faults;
import io.mdevmigration.e2e.proxy.Link;
import io.mdevmigration.e2e.proxy.Traffic;
import io.mdevmigration.e2e.proxy.Upstream;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * The way of one part to the API server. Each instance of the part has a proxy of its own; what is
 * hurt on the way stays so for the next instance. Thread-safe.
 */
final class Way {
  private final String part;
  private final Upstream upstream;
  private final Traffic traffic;
  private final Random random;
  private Faults faults = Faults.NONE;
  private Link link = Link.UP;
  private Optional<ApiProxy> current = Optional.empty();
  private int instances;

  Way(String part, Upstream upstream, Traffic traffic, long seed) {
    this.part = requireNonNull(part, "part");
    this.upstream = requireNonNull(upstream, "upstream");
    this.traffic = requireNonNull(traffic, "traffic");
    this.random = new Random(seed ^ part.hashCode());
  }

  /** The proxy of the next instance; nothing of the one before reaches the API server any more. */
  synchronized ApiProxy next() {
    end();
    instances++;
    ApiProxy proxy = ApiProxy.start(part + "#" + instances, upstream, traffic, random);
    proxy.faults(faults);
    proxy.link(link);
    current = Optional.of(proxy);
    return proxy;
  }

  /** Ends the way of the present instance. */
  synchronized void end() {
    current.ifPresent(ApiProxy::close);
    current = Optional.empty();
  }

  synchronized void faults(Faults now) {
    faults = now;
    toCurrent(proxy -> proxy.faults(now));
  }

  synchronized void link(Link now) {
    hurt(now == Link.UP ? Optional.empty() : Optional.of("link " + now));
    link = now;
    toCurrent(proxy -> proxy.link(now));
  }

  synchronized void hang() {
    hurt(Optional.of("half-open"));
    toCurrent(ApiProxy::hang);
  }

  synchronized void cut() {
    hurt(Optional.of("cut"));
    toCurrent(ApiProxy::cut);
  }

  /** Breaks connections, so that none stays half-open. */
  synchronized void renew() {
    toCurrent(ApiProxy::cut);
  }

  /** Nothing is hurt any more; connections that are half-open stay so. */
  synchronized void heal() {
    faults(Faults.NONE);
    link(Link.UP);
  }

  private void hurt(Optional<String> what) {
    what.ifPresent(text -> traffic.hurt(part, text));
  }

  private void toCurrent(Consumer<ApiProxy> what) {
    current.ifPresent(what);
  }
}

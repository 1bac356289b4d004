package io.mdevmigration.operator.node;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Listable;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.source.Compatibilities;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the whole fleet from the API server, in pages, and not again for a while. */
public final class LiveLists implements Unwanted.LiveView {
  private static final long PAGE = 500;

  private final KubernetesClient client;
  private final Duration reuse;
  private final InstantSource clock;
  private Optional<Unwanted.Live> last = Optional.empty();
  private Instant read = Instant.MIN;

  /**
   * Lists of one API server.
   *
   * @param client who reads
   * @param reuse how long what was read may be used again
   * @param clock the time
   */
  public LiveLists(KubernetesClient client, Duration reuse, InstantSource clock) {
    this.client = client;
    this.reuse = reuse;
    this.clock = clock;
  }

  @Override
  public synchronized Unwanted.Live read() {
    Instant now = clock.instant();
    if (last.isPresent() && read.plus(reuse).isAfter(now)) {
      return last.get();
    }
    Fleet fleet = new Fleet();
    pages(client.nodes(), node -> fleet.put(NodeFacts.of(node)));
    pages(client.resources(MdevNodeState.class), state -> fleet.put(NodeReport.of(state)));
    Compatibilities compatibilities = new Compatibilities(fleet);
    pages(client.resources(MigrationCompatibility.class), compatibilities::put);
    last = Optional.of(new Unwanted.Live(fleet, compatibilities));
    read = now;
    return last.get();
  }

  private static <T extends HasMetadata, L extends KubernetesResourceList<T>> void pages(
      Listable<L> resources, Consumer<T> each) {
    String next = null;
    do {
      L page = resources.list(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build());
      page.getItems().forEach(each);
      next = page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
  }
}

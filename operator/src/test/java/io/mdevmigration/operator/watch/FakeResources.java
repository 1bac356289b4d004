package io.mdevmigration.operator.watch;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.ConfigMapListBuilder;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.Watcher.Action;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** An API server for one kind of object, which fails as it is told to. */
final class FakeResources implements Resources<ConfigMap> {
  private final Map<String, ConfigMap> objects = new TreeMap<>();
  private final List<OpenWatch> watches = new ArrayList<>();
  private long version = 100;
  private int lists;
  private int watchesOpened;
  private int pageSize = Integer.MAX_VALUE;
  private Optional<RuntimeException> failure = Optional.empty();
  private Optional<CountDownLatch> hanging = Optional.empty();
  private Optional<Runnable> beforePage = Optional.empty();

  private final class OpenWatch implements Watch {
    private final Watcher<ConfigMap> watcher;
    private boolean deaf;

    OpenWatch(Watcher<ConfigMap> watcher) {
      this.watcher = watcher;
    }

    void tell(Action action, ConfigMap object) {
      if (!deaf) {
        watcher.eventReceived(action, object);
      }
    }

    @Override
    public void close() {
      synchronized (FakeResources.this) {
        watches.remove(this);
      }
    }
  }

  @Override
  public KubernetesResourceList<ConfigMap> list(ListOptions options) {
    Optional<CountDownLatch> hang;
    Optional<Runnable> before;
    synchronized (this) {
      lists++;
      failure.ifPresent(
          e -> {
            throw e;
          });
      hang = hanging;
      before = beforePage;
    }
    ConfigMapList page = page(options);
    before.ifPresent(Runnable::run);
    if (hang.isPresent()) {
      try {
        hang.get().await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KubernetesClientException("interrupted", e);
      }
    }
    return page;
  }

  private synchronized ConfigMapList page(ListOptions options) {
    String token = Optional.ofNullable(options.getContinue()).orElse(version + "/");
    String from = token.substring(token.indexOf('/') + 1);
    List<ConfigMap> rest =
        objects.entrySet().stream()
            .filter(entry -> entry.getKey().compareTo(from) > 0)
            .map(Map.Entry::getValue)
            .toList();
    List<ConfigMap> items = rest.subList(0, Math.min(pageSize, rest.size()));
    var list = new ConfigMapListBuilder().withItems(items).withNewMetadata();
    list.withResourceVersion(token.substring(0, token.indexOf('/')));
    if (items.size() < rest.size()) {
      list.withContinue(
          token.substring(0, token.indexOf('/') + 1)
              + items.get(items.size() - 1).getMetadata().getName());
    }
    return list.endMetadata().build();
  }

  @Override
  public synchronized Watch watch(ListOptions options, Watcher<ConfigMap> watcher) {
    failure.ifPresent(
        e -> {
          throw e;
        });
    watchesOpened++;
    OpenWatch watch = new OpenWatch(watcher);
    watches.add(watch);
    return watch;
  }

  /** Stores an object and tells the watches. */
  synchronized void put(String name) {
    version++;
    ConfigMap object = object(name, version);
    Action action = objects.put(name, object) == null ? Action.ADDED : Action.MODIFIED;
    List.copyOf(watches).forEach(watch -> watch.tell(action, object));
  }

  /** Deletes an object and tells the watches. */
  synchronized void delete(String name) {
    version++;
    objects.remove(name);
    List.copyOf(watches).forEach(watch -> watch.tell(Action.DELETED, object(name, version)));
  }

  /** Tells the watches again what was before. */
  synchronized void tellAgain(Action action, String name, long oldVersion) {
    List.copyOf(watches).forEach(watch -> watch.tell(action, object(name, oldVersion)));
  }

  /** Tells the watches how far it is. */
  synchronized void bookmark() {
    List.copyOf(watches).forEach(watch -> watch.tell(Action.BOOKMARK, object("", version)));
  }

  /** Goes back to an older version with these objects; the watches that are open hear nothing. */
  synchronized void restore(long older, String... names) {
    watches.forEach(watch -> watch.deaf = true);
    version = older;
    objects.clear();
    for (String name : names) {
      objects.put(name, object(name, older));
    }
  }

  /** The watches that are open hear nothing any more, as over a half-open connection. */
  synchronized void deafen() {
    watches.forEach(watch -> watch.deaf = true);
  }

  /** Cuts the watches that are open. */
  void cut() {
    List<OpenWatch> open;
    synchronized (this) {
      open = List.copyOf(watches);
      watches.clear();
    }
    open.forEach(watch -> watch.watcher.onClose(new WatcherException("cut")));
  }

  synchronized void fail(RuntimeException e) {
    failure = Optional.of(e);
  }

  /** Lists hang until the returned latch opens. */
  synchronized CountDownLatch hang() {
    CountDownLatch latch = new CountDownLatch(1);
    hanging = Optional.of(latch);
    return latch;
  }

  synchronized void heal() {
    failure = Optional.empty();
    hanging = Optional.empty();
    beforePage = Optional.empty();
  }

  /** Something that happens after a page was read and before it arrives. */
  synchronized void whileReading(Runnable what) {
    beforePage = Optional.of(what);
  }

  synchronized void pages(int size) {
    pageSize = size;
  }

  synchronized int lists() {
    return lists;
  }

  synchronized int watchesOpened() {
    return watchesOpened;
  }

  synchronized int openWatches() {
    return watches.size();
  }

  private static ConfigMap object(String name, long version) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withResourceVersion(Long.toString(version))
        .endMetadata()
        .build();
  }
}

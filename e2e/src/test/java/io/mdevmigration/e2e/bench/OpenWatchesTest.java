package io.mdevmigration.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OpenWatchesTest {
  private static final String METRICS =
      """
      # TYPE apiserver_longrunning_requests gauge
      apiserver_longrunning_requests{component="apiserver",group="mdevmigration.io",resource="mdevnodestates",scope="resource",subresource="",verb="WATCH",version="v1alpha1"} 20
      apiserver_longrunning_requests{component="apiserver",group="mdevmigration.io",resource="mdevnodestates",scope="cluster",subresource="",verb="WATCH",version="v1alpha1"} 1
      apiserver_longrunning_requests{component="apiserver",group="mdevmigration.io",resource="migrationcompatibilities",scope="cluster",subresource="",verb="WATCH",version="v1alpha1"} 2
      apiserver_longrunning_requests{component="apiserver",group="",resource="nodes",scope="cluster",subresource="",verb="WATCH",version="v1"} 2
      apiserver_longrunning_requests{component="apiserver",group="",resource="nodes",scope="resource",subresource="proxy",verb="CONNECT",version="v1"} 5
      apiserver_longrunning_requests{component="apiserver",group="",resource="pods",scope="cluster",subresource="",verb="WATCH",version="v1"} 7
      apiserver_request_total{resource="nodes",subresource="",verb="WATCH"} 40
      """;

  @Test
  void openWatchesAreCountedByResource() {
    assertThat(OpenWatches.parse(METRICS)).isEqualTo(new OpenWatches(21, 2, 2));
  }

  @Test
  void oneThatIsMissingIsNoticed() {
    assertThat(new OpenWatches(21, 2, 2).areAll(20, 1)).isTrue();
    assertThat(new OpenWatches(20, 2, 2).areAll(20, 1)).isFalse();
    assertThat(new OpenWatches(21, 1, 2).areAll(20, 1)).isFalse();
    assertThat(new OpenWatches(21, 1, 2).areAll(20, 0)).isTrue();
    assertThat(new OpenWatches(21, 2, 1).areAll(20, 1)).isFalse();
  }
}

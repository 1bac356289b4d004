package io.mdevmigration.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ApiRequestsTest {
  private static final String METRICS =
      """
      # TYPE apiserver_request_total counter
      apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="nodes",scope="resource",subresource="",verb="PATCH",version="v1"} 7
      apiserver_request_total{code="409",component="apiserver",dry_run="",group="",resource="nodes",scope="resource",subresource="",verb="PATCH",version="v1"} 1
      apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="nodes",scope="resource",subresource="status",verb="PATCH",version="v1"} 50
      apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="nodes",scope="cluster",subresource="",verb="LIST",version="v1"} 3
      apiserver_request_total{code="403",component="apiserver",dry_run="All",group="mdevmigration.io",resource="mdevnodestates",scope="resource",subresource="",verb="POST",version="v1alpha1"} 9
      apiserver_request_total{code="201",component="apiserver",dry_run="",group="mdevmigration.io",resource="mdevnodestates",scope="resource",subresource="",verb="POST",version="v1alpha1"} 1.5e+03
      apiserver_request_duration_seconds_count{resource="nodes",subresource="",verb="PATCH"} 1000
      """;

  @Test
  void writesAreCountedByResourceWhateverBecameOfThem() {
    assertThat(ApiRequests.parse(METRICS).writes("nodes")).isEqualTo(8);
  }

  @Test
  void aSubresourceIsAResourceOfItsOwn() {
    assertThat(ApiRequests.parse(METRICS).writes("nodes/status")).isEqualTo(50);
  }

  @Test
  void dryRunsDoNotCount() {
    assertThat(ApiRequests.parse(METRICS).writes("mdevnodestates")).isEqualTo(1500);
  }

  @Test
  void whatNobodyAskedForIsZero() {
    assertThat(ApiRequests.parse(METRICS).writes("pods")).isZero();
  }

  @Test
  void onlyWhatCameLaterIsLeftOfALaterCount() {
    String later =
        METRICS.replace("verb=\"PATCH\",version=\"v1\"} 7", "verb=\"PATCH\",version=\"v1\"} 10");
    ApiRequests more = ApiRequests.parse(later).since(ApiRequests.parse(METRICS));
    assertThat(more.counts()).containsOnlyKeys(new ApiRequests.Kind("PATCH", "nodes"));
    assertThat(more.writes("nodes")).isEqualTo(3);
  }
}

package io.mdevmigration.operator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mdevmigration.crds.MdevNodeState;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;

class NodeReportFuzzTest {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  /** A node may publish what it likes: it is read, and no label key comes of it that is none. */
  @FuzzTest
  void anyObjectIsReadAndBelievedOnlyAsFarAsItCanBeChecked(byte[] json) {
    Optional<MdevNodeState> state = read(new String(json, StandardCharsets.UTF_8));
    if (state.isEmpty()) {
      return;
    }
    NodeReport report = NodeReport.of(state.orElseThrow());
    assertThat(report).isEqualTo(NodeReport.of(state.orElseThrow()));
    report
        .published()
        .forEach(
            (digest, mdevClass) -> {
              assertThat(mdevClass.digest()).isEqualTo(digest);
              assertThat(mdevClass.labelKey())
                  .matches(
                      "accepts\\.mdevmigration\\.io/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[0-9a-f])");
            });
    report.checks().forEach(check -> assertThat(report.check(check.mdevClass())).isPresent());
  }

  private static Optional<MdevNodeState> read(String json) {
    try {
      MdevNodeState state = JSON.unmarshal(json, MdevNodeState.class);
      boolean stored =
          state != null
              && state.getMetadata() != null
              && hasWhatIsRequired(state.getSpec())
              && hasWhatIsRequired(state.getStatus());
      return stored ? Optional.of(state) : Optional.empty();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    } catch (RuntimeException e) {
      // What is no MdevNodeState is no report either.
      return Optional.empty();
    }
  }

  /** Whether the API server would store it, as far as what must not be absent goes. */
  private static boolean hasWhatIsRequired(Object part) throws ReflectiveOperationException {
    if (part instanceof Collection<?> parts) {
      for (Object one : parts) {
        if (!hasWhatIsRequired(one)) {
          return false;
        }
      }
      return true;
    }
    if (part instanceof Condition condition) {
      return condition.getType() != null && condition.getStatus() != null;
    }
    if (!(part instanceof Record)) {
      return true;
    }
    for (RecordComponent component : part.getClass().getRecordComponents()) {
      Object value = component.getAccessor().invoke(part);
      boolean required =
          part.getClass().getDeclaredField(component.getName()).isAnnotationPresent(Required.class);
      if ((required && value == null) || !hasWhatIsRequired(value)) {
        return false;
      }
    }
    return true;
  }
}

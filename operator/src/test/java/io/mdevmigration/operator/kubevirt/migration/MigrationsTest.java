package io.mdevmigration.operator.kubevirt.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.operator.kubevirt.admission.Migration;
import io.mdevmigration.operator.kubevirt.need.ObjectName;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MigrationsTest {
  private static final ObjectName TILL = new ObjectName("shop", "till");

  private final Migrations migrations = new Migrations();

  private static MigrationFacts facts(String name, String phase) {
    return new MigrationFacts(
        new ObjectName("shop", name),
        "uid-" + name,
        new Migration(TILL, Map.of(), false),
        Optional.of(phase),
        Optional.empty(),
        false,
        false,
        Optional.empty());
  }

  @Test
  void aMigrationIsUnderWayUntilItIsOver() {
    migrations.put(facts("m1", "Pending"));
    assertThat(migrations.underWay(TILL)).contains(facts("m1", "Pending"));
    assertThat(migrations.put(facts("m1", "Running"))).contains(facts("m1", "Pending"));
    assertThat(migrations.underWay(TILL)).contains(facts("m1", "Running"));
    migrations.put(facts("m1", "Succeeded"));
    assertThat(migrations.underWay(TILL)).isEmpty();
    assertThat(migrations.all()).containsExactly(facts("m1", "Succeeded"));
  }

  @Test
  void anotherOneOfTheSameVmiStaysUnderWay() {
    migrations.put(facts("m1", "Running"));
    migrations.put(facts("m2", "Pending"));
    migrations.put(facts("m1", "Failed"));
    assertThat(migrations.underWay(TILL)).contains(facts("m2", "Pending"));
  }

  @Test
  void oneThatIsPutAnewIsUnderWayAtEveryMoment() throws InterruptedException {
    migrations.put(facts("m1", "Pending"));
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; i < 100_000; i++) {
                migrations.put(facts("m1", i % 2 == 0 ? "Running" : "Scheduling"));
              }
            });
    writer.start();
    while (writer.isAlive()) {
      assertThat(migrations.underWay(TILL)).isPresent();
    }
    writer.join();
  }

  @Test
  void oneThatIsDeletedIsForgotten() {
    migrations.put(facts("m1", "Running"));
    migrations.remove(new ObjectName("shop", "m1"));
    migrations.remove(new ObjectName("shop", "m1"));
    assertThat(migrations.underWay(TILL)).isEmpty();
    assertThat(migrations.all()).isEmpty();
  }

  @Test
  void aVmiOfTheSameNameInAnotherNamespaceIsAnother() {
    migrations.put(facts("m1", "Running"));
    assertThat(migrations.underWay(new ObjectName("bank", "till"))).isEmpty();
  }
}

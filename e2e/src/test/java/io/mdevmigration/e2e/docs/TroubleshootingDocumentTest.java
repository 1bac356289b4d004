package io.mdevmigration.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Reason;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.node.publish.ReadyReason;
import io.mdevmigration.operator.compatibility.Evaluation;
import io.mdevmigration.operator.event.EventReason;
import io.mdevmigration.operator.kubevirt.admission.Cause;
import io.mdevmigration.operator.kubevirt.evacuation.Evacuable;
import io.mdevmigration.operator.kubevirt.evacuation.Evacuation;
import io.mdevmigration.operator.source.SourceProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/troubleshooting.md knows each reason that the code can give, and no other. */
class TroubleshootingDocumentTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[A-Z][^|]*) \\|");
  private static final Pattern WORD = Pattern.compile("`([A-Z][A-Za-z]+)`");

  static Stream<Arguments> tables() {
    return Stream.of(
        Arguments.of("Condition `Ready`:", words(ReadyReason.values())),
        Arguments.of("### Verdicts", words(Reason.values())),
        Arguments.of(
            "Condition `SourceResolved`:", words(SourceProblem.values(), Evaluation.RESOLVED)),
        Arguments.of("Condition `Evaluated`:", words(Evaluation.values())),
        Arguments.of("Condition `Evacuable`:", words(Evacuable.values())),
        Arguments.of("Why a VMI is stuck:", words(Evacuation.Why.values())),
        Arguments.of("### Migrations", words(Cause.values())),
        Arguments.of("### Events", words(EventReason.values())));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void aTableHasExactlyTheReasonsOfTheCode(String above, Set<String> reasons) throws IOException {
    String text = text();
    assertThat(text).containsOnlyOnce("\n" + above + "\n");
    String table = text.substring(text.indexOf("\n" + above + "\n") + above.length() + 2);
    int end = table.indexOf("\n\n", table.indexOf("|---"));
    Set<String> listed =
        ROW.matcher(end < 0 ? table : table.substring(0, end))
            .results()
            .flatMap(row -> WORD.matcher(row.group(1)).results())
            .map(word -> word.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(listed).isEqualTo(reasons);
  }

  @Test
  void everyLinkIsOfAHeadingOrAFileThatThereIs() throws IOException {
    String text = text();
    Set<String> headings =
        Pattern.compile("(?m)^#+ (.*)$")
            .matcher(text)
            .results()
            .map(heading -> anchor(heading.group(1)))
            .collect(Collectors.toSet());
    for (MatchResult link : Pattern.compile("]\\(([^)]+)\\)").matcher(text).results().toList()) {
      String target = link.group(1);
      if (target.startsWith("#")) {
        assertThat(headings).contains(target.substring(1));
      } else {
        assertThat(Project.root().resolve("docs").resolve(target)).exists();
      }
    }
  }

  /** As GitHub makes it. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
  }

  private static Set<String> words(Enum<?>[] values, String... more) {
    return Stream.concat(
            Arrays.stream(values).map(TroubleshootingDocumentTest::word), Stream.of(more))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** As it is shown: the constant's own text, else its name, LikeThis. */
  private static String word(Enum<?> value) {
    return value.toString().equals(value.name())
        ? Arrays.stream(value.name().split("_", -1))
            .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining())
        : value.toString();
  }

  private static String text() throws IOException {
    return Files.readString(Project.root().resolve("docs/troubleshooting.md"));
  }
}

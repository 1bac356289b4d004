package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Answer;
import java.util.Map;
import java.util.Optional;

/**
 * What a daemon knows of answers.
 *
 * @param answers the answers that the node has, by digest
 * @param confirmed the answers that are stored, as they were read back from the API server, by
 *     digest: behind the others while a write is still to come
 * @param outcomes what single parents said
 * @param boots what was asked in the present boot
 */
public record Known(
    Map<String, Answer> answers,
    Map<String, Answer> confirmed,
    OutcomeMemory outcomes,
    BootMemory boots) {
  public Known {
    answers = Map.copyOf(answers);
    confirmed = Map.copyOf(confirmed);
    requireNonNull(outcomes, "outcomes");
    requireNonNull(boots, "boots");
  }

  Optional<Answer> answer(String digest) {
    return Optional.ofNullable(answers.get(digest));
  }

  Optional<Answer> confirmed(String digest) {
    return Optional.ofNullable(confirmed.get(digest));
  }
}

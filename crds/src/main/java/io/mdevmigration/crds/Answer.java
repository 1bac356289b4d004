package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Optional;

/**
 * What a node's drivers said about one class: the worst answer of all parents that offer the type.
 *
 * @param type the full mdev type
 * @param digest the class's digest
 * @param verdict the worst of the parents' verdicts
 * @param reason a {@link Reason} as text
 * @param errno the driver's error number; null if there was none
 * @param errnoName its name; null if there was no number
 * @param parents how many parents gave which verdict; null if none was asked
 * @param refusedBy parents that refused, sorted, at most 8
 * @param revision the type's revision when it was asked; null if the type had none
 * @param time RFC 3339; when the answer was given
 * @param attempts how often in a row the answer was transient; null if it was not
 * @param askAgain first 8 hex digits of SHA-256 of spec.askAgain when asked; null if that was
 *     absent
 * @param bootID the boot in which the question was stored before it was asked, while no driver has
 *     answered it; with reasons Asking and Suspected always, with others where the question is
 *     still under way or cannot be asked at present
 * @param driver with a bootID: identity of the driver that the question is about
 * @param lastDefinite the last definite verdict; with verdict Unknown only
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Answer(
    @JsonPropertyDescription("The full mdev type.")
        @Required
        @Size(min = 1, max = Api.TYPE_MAX)
        @Pattern(Api.TEXT_PATTERN)
        String type,
    @JsonPropertyDescription("First 20 hex digits of SHA-256(type NUL version) of the class.")
        @Required
        @Size(max = 20)
        @Pattern(Api.DIGEST_PATTERN)
        String digest,
    @JsonPropertyDescription(
            "Compatible: every parent that offers the type accepted. Incompatible: one refused."
                + " Unsupported: the type cannot migrate here. Unknown: no answer.")
        @Required
        Verdict verdict,
    @JsonPropertyDescription("Why, in one word, for example Accepted, Refused or NotSupported.")
        @Required
        @Size(min = 1, max = 64)
        @Pattern(Api.TEXT_PATTERN)
        String reason,
    @JsonPropertyDescription("The driver's error number.") @Min(1) @Max(Api.ERRNO_MAX)
        Integer errno,
    @JsonPropertyDescription("The error number's name, for example EINVAL.")
        @Size(min = 1, max = 32)
        @Pattern(Api.TEXT_PATTERN)
        String errnoName,
    @JsonPropertyDescription("How many parents gave which verdict.") ParentCounts parents,
    @JsonPropertyDescription("The parents that refused; at most 8 are named.")
        @Size(max = Api.NAMES_MAX)
        List<@Size(min = 1, max = Api.PARENT_MAX) @Pattern(Api.TEXT_PATTERN) String> refusedBy,
    @JsonPropertyDescription("The type's revision when its drivers were asked.")
        @Size(max = 64)
        @Pattern(Api.HASH_PATTERN)
        String revision,
    @JsonPropertyDescription("When the answer was given.")
        @Required
        @Size(max = 64)
        @Pattern(Api.TEXT_PATTERN)
        String time,
    @JsonPropertyDescription("How often in a row the driver was only busy or failed in passing.")
        @Min(0)
        @Max(Api.COUNT_MAX)
        Integer attempts,
    @JsonPropertyDescription("Hash of spec.askAgain when the drivers were asked.")
        @Size(max = 8)
        @Pattern(Api.TEXT_PATTERN)
        String askAgain,
    @JsonPropertyDescription(
            "The boot in which the question was stored before it was asked, while it has not been"
                + " answered.")
        @Size(max = 64)
        @Pattern(Api.TEXT_PATTERN)
        String bootID,
    @JsonPropertyDescription(
            "With a bootID: the identity of the driver that the question is about.")
        @Size(max = 64)
        @Pattern(Api.HASH_PATTERN)
        String driver,
    @JsonPropertyDescription("With verdict Unknown: the last definite verdict.")
        DefiniteVerdict lastDefinite) {

  public Answer {
    refusedBy = refusedBy == null ? List.of() : List.copyOf(refusedBy);
  }

  /** The verdict that counts: this answer's own where it is definite, else the last definite. */
  public Optional<DefiniteVerdict> definite() {
    return verdict.isDefinite()
        ? Optional.of(new DefiniteVerdict(verdict, revision, time))
        : Optional.ofNullable(lastDefinite);
  }

  /** The same answer, given at another time. */
  public Answer withTime(String other) {
    return new Answer(
        type,
        digest,
        verdict,
        reason,
        errno,
        errnoName,
        parents,
        refusedBy,
        revision,
        other,
        attempts,
        askAgain,
        bootID,
        driver,
        lastDefinite);
  }

  /** The same answer, naming only so many of the parents that refused. */
  public Answer withRefusedByAtMost(int names) {
    return refusedBy.size() <= names
        ? this
        : new Answer(
            type,
            digest,
            verdict,
            reason,
            errno,
            errnoName,
            parents,
            refusedBy.subList(0, names),
            revision,
            time,
            attempts,
            askAgain,
            bootID,
            driver,
            lastDefinite);
  }

  /** Whether the reason is this one. */
  public boolean is(Reason other) {
    return other.toString().equals(reason);
  }
}

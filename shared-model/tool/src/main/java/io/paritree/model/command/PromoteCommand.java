package io.paritree.model.command;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.paritree.Fault;
import io.paritree.Sha256;
import io.paritree.comparison.EvidenceDocument;
import io.paritree.comparison.Requirements;
import io.paritree.comparison.Side;
import io.paritree.json.BrokenJsonException;
import io.paritree.model.layout.AliasHistory;
import io.paritree.model.layout.GuardedAliases;
import io.paritree.model.layout.ModelStore;
import io.paritree.model.layout.Promotion;
import io.paritree.model.rows.InputException;
import io.paritree.rule.RuleException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code model promote}: points an alias to a version if evidence shows what is required. */
@Command(
    name = "promote",
    description = {
      "Points an alias of a store to a version if comparisons or outcomes of exactly this version"
          + " and the one that the alias names now show what is required.",
      "Required is what --require says, and what STORE/NAME/promotion.json says of the alias. Each"
          + " requirement must be met by one of the documents that are not older than is required."
          + " Each try is entered into the alias's journal, with what was found.",
      "Exits with 8, and moves nothing, if a requirement is not met."
    })
final class PromoteCommand implements Callable<Integer> {
  private static final int MAX_EVIDENCE_BYTES = 64 << 20;
  private static final int DIGITS = 12;
  private static final int MOST_SHOWN = 3;

  @Spec private CommandSpec spec;

  @Mixin private NamedAlias named;

  @Option(
      names = "--to",
      paramLabel = "ALIAS",
      defaultValue = ModelStore.CHAMPION,
      description = "The alias (default: ${DEFAULT-VALUE}).")
  private String alias;

  @Option(
      names = "--version",
      required = true,
      description = "The version that the alias is to point to.")
  private long version;

  @Option(
      names = "--evidence",
      paramLabel = "FILE.json",
      description =
          "A comparison of both versions, as 'diff --format json' prints it and runs and servers"
              + " make it, or what scripts/outcomes has found of both; repeatable.")
  private List<String> evidence = List.of();

  @Option(
      names = "--require",
      paramLabel = "RULE",
      description =
          "What the evidence must show, such as 'data.flips.share <= 0.01', or of outcomes"
              + " 'difference.auc_low >= 0'; repeatable.")
  private List<String> required = List.of();

  @Option(
      names = "--override",
      paramLabel = "REASON",
      description =
          "Move the alias although a requirement is not met; the reason is kept in the journal.")
  private String override = "";

  @Mixin private OutputFormat format;

  private String name;

  @Override
  public Integer call() throws Exception {
    ModelStore models = named.models(alias);
    name = named.name();
    Set<String> rules = new LinkedHashSet<>(guarding(models));
    rules.addAll(required);
    Requirements requirements = requirements(rules);
    if (rules.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "Cannot promote without a requirement: give one with --require, or write %s"
              .formatted(GuardedAliases.FILE));
    }

    AliasHistory seen = models.historyToLastMove(name, alias, NamedAlias.LAST_MOVES);
    named.opened(version);
    Instant now = Instant.now();
    List<Promotion.Evidence> given = new ArrayList<>();
    List<EvidenceDocument> usable = new ArrayList<>();
    for (String file : evidence) {
      byte[] document = read(file);
      try {
        EvidenceDocument own = EvidenceDocument.read(file, document);
        Optional<String> other = otherPackages(models, seen, own);
        other.ifPresent(why -> note("Cannot use %s as evidence: %s".formatted(file, why)));
        given.add(given(Sha256.hex(document), own, other.or(() -> requirements.ageOf(own, now))));
        if (other.isEmpty()) {
          usable.add(own);
        }
      } catch (BrokenJsonException e) {
        note(e.getMessage());
        given.add(Promotion.Evidence.unread(Sha256.hex(document)));
      }
    }

    List<Promotion.Required> verdicts = requirements.verdicts(usable, now);
    boolean isMet = verdicts.stream().allMatch(Promotion.Required::isMet);
    Promotion promotion =
        new Promotion(
            given, verdicts, Optional.of(override).filter(reason -> !isMet && !reason.isBlank()));
    if (!promotion.fits()) {
      throw new InputException(
          "Cannot promote %s/%s: got %s requirements and %s documents, of which the alias's journal would have more than the MiB that it has room for; give fewer or shorter ones"
              .formatted(name, version, rules.size(), evidence.size()));
    }

    boolean isMoved = models.promote(seen, version, promotion);
    format.print(
        () -> text(seen, promotion, isMoved), new Answer(name, alias, version, isMoved, promotion));
    return isMoved ? ModelMain.OK : ModelMain.NOT_MET;
  }

  /** Returns what the store requires. */
  private List<String> guarding(ModelStore models) throws Exception {
    List<String> rules = models.guarded(name).requirements(alias);
    try {
      Requirements.of(rules);
    } catch (RuleException e) {
      throw new InputException(
          "Cannot read %s of %s: %s".formatted(GuardedAliases.FILE, name, e.getMessage()), e);
    }

    return rules;
  }

  private Requirements requirements(Set<String> rules) {
    try {
      return Requirements.of(rules);
    } catch (RuleException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private static byte[] read(String file) throws InputException, IOException {
    Location location = Location.of(file);
    try {
      return FileStore.of(location).readAtMost(location.parent(), location, MAX_EVIDENCE_BYTES);
    } catch (UnfitFileException e) {
      throw new InputException(e.getMessage(), e);
    }
  }

  /**
   * @param unused why it shows nothing; empty if it does
   */
  private static Promotion.Evidence given(
      String sha256, EvidenceDocument read, Optional<String> unused) {
    return new Promotion.Evidence(
        sha256, Optional.of(read.kind()), read.rows(), read.endedAt(), unused.isEmpty(), unused);
  }

  /** Returns which other packages a document is about; empty if it is about these. */
  private Optional<String> otherPackages(
      ModelStore models, AliasHistory seen, EvidenceDocument read) {
    Optional<String> champion = seen.version().flatMap(own -> models.digest(name, own));
    Optional<String> challenger = models.digest(name, version);
    if (isOf(champion, read.packages(Side.CHAMPION))
        && isOf(challenger, read.packages(Side.CHALLENGER))) {
      return Optional.empty();
    }

    return Optional.of(
        "it compares the packages %s and %s, expected %s (%s) and %s (%s)"
            .formatted(
                digits(read.packages(Side.CHAMPION)),
                digits(read.packages(Side.CHALLENGER)),
                digits(champion.stream().toList()),
                seen.version().map(own -> name + "/" + own).orElse("the alias names no version"),
                digits(challenger.stream().toList()),
                name + "/" + version));
  }

  private static boolean isOf(Optional<String> wanted, List<String> digests) {
    return wanted.isPresent() && digests.equals(List.of(wanted.get()));
  }

  private static String digits(List<String> digests) {
    return digests.isEmpty()
        ? "none"
        : digests.stream()
            .limit(MOST_SHOWN)
            .map(all -> Fault.printable(all.substring(0, Math.min(DIGITS, all.length()))))
            .collect(Collectors.joining(" and "));
  }

  private String text(AliasHistory seen, Promotion promotion, boolean isMoved) {
    int widest = 11;
    int value = 5;
    for (Promotion.Required one : promotion.requirements()) {
      widest = Math.max(widest, one.rule().length());
      value = Math.max(value, one.found().length());
    }

    String form = "%-" + widest + "s  %-" + value + "s  %s%n";
    StringBuilder text = new StringBuilder(form.formatted("requirement", "value", "verdict"));
    for (Promotion.Required one : promotion.requirements()) {
      text.append(
          form.formatted(
              Fault.printable(one.rule()),
              Fault.printable(one.found()),
              one.isMet() ? "met" : "not met"));
    }

    return text.append(
            isMoved
                ? NamedAlias.moved(seen, version)
                : "%s was not moved%n".formatted(seen.reference()))
        .toString();
  }

  private record Answer(
      String name, String alias, long version, boolean moved, @JsonUnwrapped Promotion promotion) {}

  private void note(String text) {
    spec.commandLine().getErr().println("Note: " + Fault.printableLine(text));
  }
}

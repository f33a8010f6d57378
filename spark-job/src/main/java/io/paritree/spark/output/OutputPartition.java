package io.paritree.spark.output;

import io.paritree.Sha256;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.input.InputPartition;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.LookupIndex;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;

/**
 * A partition of the output, and what it is made from.
 *
 * @param partition its directory below the output; empty if the output is not partitioned
 * @param sources the input's partitions that it is made from
 * @param identity SHA-256 of everything that its content depends on
 * @param before what was in its place when the run began
 */
public record OutputPartition(
    String partition, List<InputPartition> sources, String identity, String before) {
  /**
   * A part of all identities. With another text, runs score all partitions again that earlier
   * versions have published, which is promised not to happen; so it changes only if their rows must
   * not stay, and CHANGELOG says so.
   */
  private static final String LAYOUT = "layout 2";

  public OutputPartition {
    sources = List.copyOf(sources);
  }

  /** Returns the input's files that it is made from. */
  public List<InputFile> files() {
    return sources.stream().flatMap(source -> source.files().stream()).toList();
  }

  /**
   * Returns the identity of a partition.
   *
   * @param modelDigest the model's digest
   * @param more other texts that its content depends on
   */
  public static String identity(
      String partition,
      List<InputPartition> sources,
      String modelDigest,
      JobSettings settings,
      List<String> more) {
    MessageDigest sha256 = Sha256.digest();
    Sha256.add(sha256, LAYOUT);
    Sha256.add(sha256, partition);
    Sha256.add(sha256, modelDigest);
    Sha256.add(sha256, settings.input().format().name());
    addAll(sha256, settings.columns().keys());
    addAll(sha256, settings.columns().pass());
    Sha256.add(sha256, settings.columns().margin().name());
    settings
        .columns()
        .explanation()
        .ifPresent(explanation -> Sha256.add(sha256, text(explanation)));
    if (settings.files().lookupIndex() == LookupIndex.BUILT) {
      Sha256.add(sha256, "lookup-index");
    }

    Sha256.add(sha256, String.valueOf(settings.files().maxRows()));
    Sha256.add(sha256, String.valueOf(settings.files().maxBytes()));
    Sha256.add(sha256, settings.files().order().name());
    Sha256.add(sha256, settings.output().partitionPath().orElse(""));
    more.forEach(text -> Sha256.add(sha256, text));
    List<InputFile> files =
        sources.stream()
            .flatMap(source -> source.files().stream())
            .sorted(Comparator.comparing(InputFile::name))
            .toList();
    for (InputFile file : files) {
      Sha256.add(sha256, file.name());
      Sha256.add(sha256, String.valueOf(file.bytes()));
      Sha256.add(sha256, String.valueOf(file.modifiedMillis()));
    }

    return Sha256.hex(sha256);
  }

  /** Returns the text of identities that are published: no name of today's may change it. */
  private static String text(ExplanationSettings explanation) {
    return "ExplanationAsked[most=%s, direction=%s, above=%s, contributions=%s, mode=FAST]"
        .formatted(
            explanation.most(),
            explanation.direction(),
            explanation.above(),
            explanation.contributions());
  }

  private static void addAll(MessageDigest sha256, List<String> texts) {
    Sha256.add(sha256, String.valueOf(texts.size()));
    texts.forEach(text -> Sha256.add(sha256, text));
  }
}

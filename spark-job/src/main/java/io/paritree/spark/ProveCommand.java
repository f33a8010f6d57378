package io.paritree.spark;

import io.paritree.Sha256;
import io.paritree.proof.ParityProof;
import io.paritree.spark.ParityMain.Ended;
import io.paritree.spark.ending.Outcome;
import io.paritree.spark.ending.UsageException;
import io.paritree.spark.proof.Proving;
import io.paritree.spark.settings.ProveArguments;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** {@code scripts/parity prove}: proves that all ways to score give the same bits. */
final class ProveCommand {
  private ProveCommand() {}

  /** Runs a command line, without its first word, and returns how it ended. */
  static Ended run(SparkOnDemand spark, PrintStream out, PrintStream err, String... arguments) {
    Optional<ProveArguments> given;
    try {
      given = ProveArguments.parse(arguments);
    } catch (UsageException e) {
      err.println(e.getMessage());
      err.println("Try: parity prove --help");
      return new Ended(e.outcome().exitCode(), e.getMessage());
    }

    if (given.isEmpty()) {
      out.print(ProveArguments.usage());
      return new Ended(Outcome.CHECKED.exitCode(), "");
    }

    try {
      return prove(given.get(), spark, out, err);
    } catch (Throwable e) { // also Spark's undeclared exceptions, and errors
      return new Ended(ScoreMain.failed("The proof", e, err));
    }
  }

  private static Ended prove(
      ProveArguments given, SparkOnDemand spark, PrintStream out, PrintStream err)
      throws Exception {
    Proving proving =
        new Proving(
            given.query(),
            width -> JobSession.of(spark.session(), width),
            spark.hadoopSettings(),
            JobScoring::new,
            err);
    ParityProof proof = proving.prove();
    byte[] json = proof.json();
    out.print(given.isJson() ? new String(json, StandardCharsets.UTF_8) : proof.text());
    Ended ended = ended(proof, err);
    return given.evidence().isEmpty()
        ? ended
        : ended.withKept("Writing the evidence", () -> write(Path.of(given.evidence()), json), err);
  }

  private static Ended ended(ParityProof proof, PrintStream err) {
    if (!proof.differing().isEmpty()) {
      return ParityMain.ended(
          Ended.DIFFERS, "Differs: " + String.join(", ", proof.differing()), err);
    } else if (!proof.failed().isEmpty()) {
      return ParityMain.ended(
          Outcome.FAILED.exitCode(), "Failed: " + String.join(", ", proof.failed()), err);
    } else if (!proof.untried().isEmpty()) {
      return ParityMain.ended(
          Outcome.REFUSED.exitCode(),
          "More than --max-untried of the input was left out: "
              + String.join(", ", proof.untried()),
          err);
    }

    return new Ended(Outcome.CHECKED.exitCode(), "");
  }

  private static void write(Path file, byte[] evidence) throws IOException {
    Files.write(file, evidence);
    Files.writeString(
        file.resolveSibling(file.getFileName() + ".sha256"),
        "%s  %s\n".formatted(Sha256.hex(evidence), file.getFileName()));
  }
}

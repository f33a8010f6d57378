package io.paritree.spark.run;

import io.paritree.Sha256;
import io.paritree.proof.ParityProof;
import io.paritree.spark.insight.proof.Proving;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.settings.ProveArguments;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code scripts/parity prove}: proves that all ways to score give the same bits. */
final class ProveCommand {
  private ProveCommand() {}

  static Ending prove(ProveArguments given, SparkOnDemand spark, PrintStream out, PrintStream err)
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
    Ending ending = ending(proof, err);
    return given.evidence().isEmpty()
        ? ending
        : ending.withKept(
            "Writing the evidence", () -> write(Path.of(given.evidence()), json), err);
  }

  private static Ending ending(ParityProof proof, PrintStream err) {
    if (!proof.differing().isEmpty()) {
      return Ending.printed(
          Outcome.DIFFERS, "Differs: " + String.join(", ", proof.differing()), err);
    } else if (!proof.failed().isEmpty()) {
      return Ending.printed(Outcome.FAILED, "Failed: " + String.join(", ", proof.failed()), err);
    } else if (!proof.untried().isEmpty()) {
      return Ending.printed(
          Outcome.REFUSED,
          "More than --max-untried of the input was left out: "
              + String.join(", ", proof.untried()),
          err);
    }

    return Ending.SUCCESS;
  }

  private static void write(Path file, byte[] evidence) throws IOException {
    Files.write(file, evidence);
    Files.writeString(
        file.resolveSibling(file.getFileName() + ".sha256"),
        "%s  %s\n".formatted(Sha256.hex(evidence), file.getFileName()));
  }
}

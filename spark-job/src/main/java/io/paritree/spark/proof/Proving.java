package io.paritree.spark.proof;

import io.paritree.ModelException;
import io.paritree.Sha256;
import io.paritree.feature.Schema;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.proof.AdversarialRecords;
import io.paritree.proof.ParityProof;
import io.paritree.proof.ParityTrial;
import io.paritree.proof.TriedRecord;
import io.paritree.proof.TriedRecords;
import io.paritree.proof.Way;
import io.paritree.proof.WayResult;
import io.paritree.spark.ending.RefusedException;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.spark.sql.SparkSession;

/** Tries records in all ways. */
public final class Proving {
  /** So many rows of an input are kept, to make generated records of them. */
  private static final int MOST_BASES = 10_000;

  private static final double MILLIS = 1_000;

  private final ProveQuery query;
  private final IntFunction<SparkSession> session;
  private final Map<String, String> hadoop;
  private final BiFunction<SparkForm, String, TableScoring> scorings;
  private final Function<String, Publishing> publishing;
  private final PrintStream err;
  private final ModelFiles files;
  private final ScoringModel model;
  private int natural; // how many were tried
  private String version = ""; // of the table that they are from

  /**
   * Opens the model.
   *
   * @param session gives a session of Spark for so many columns, if one is needed
   * @param hadoop settings of Hadoop's client
   * @param scorings how Spark scores in each form, given where the model is
   * @param publishing how scores are published, given where the model is
   * @param err receives messages about files that are kept or cannot be deleted
   */
  public Proving(
      ProveQuery query,
      IntFunction<SparkSession> session,
      Map<String, String> hadoop,
      BiFunction<SparkForm, String, TableScoring> scorings,
      Function<String, Publishing> publishing,
      PrintStream err)
      throws ModelException, IOException {
    this.query = query;
    this.session = session;
    this.hadoop = hadoop;
    this.scorings = scorings;
    this.publishing = publishing;
    this.err = err;
    this.files = ModelFiles.read(query.model(), hadoop);
    this.model = Opening.open(files, EngineKind.FOREST);
  }

  /** Returns the names of all ways. */
  public static List<String> names() {
    return FoundWays.names();
  }

  /**
   * Tries them.
   *
   * @throws RefusedException if the input does not fit the model, or the heap has no room for the
   *     answers, or a way that was asked for is not here
   */
  public ParityProof prove() throws Exception {
    Optional<String> tooMany =
        FoundWays.heapProblem(query, model, Runtime.getRuntime().maxMemory());
    if (tooMany.isPresent()) {
      throw new RefusedException(tooMany.get());
    }

    try (ProofDirectories directories = new ProofDirectories(query.scratch(), hadoop, err)) {
      Optional<RecordTables> tables = Optional.empty();
      if (FoundWays.areOfSpark(query)) {
        SparkSession own = session.apply(model.schema().fields().size());
        tables = Optional.of(new RecordTables(own, directories.tables()));
      }

      Optional<Location> published = tables.map(RecordTables::published);
      Path local = directories.local();
      try (AskedServer server = AskedServer.of(query, files.origin(), published, local)) {
        boolean isSame = false;
        try {
          ParityProof proof = prove(local.resolve("records"), tables, server);
          isSame = proof.failed().isEmpty() && proof.differing().isEmpty();
          return proof;
        } finally {
          if (!isSame) {
            server.keepLog(err);
          }
        }
      }
    }
  }

  private ParityProof prove(Path file, Optional<RecordTables> tables, AskedServer server)
      throws Exception {
    Instant startedAt = Instant.now();
    FoundWays found = FoundWays.of(query, model, files, tables, scorings, publishing, server);
    TriedRecords records = records(file);
    List<WayResult> results =
        new ParityTrial(records, natural, found.ways(), Runtime.getRuntime().availableProcessors())
            .run();
    found.ways().forEach(this::close);

    return new ParityProof(
        startedAt,
        Duration.between(startedAt, Instant.now()).toMillis() / MILLIS,
        code(),
        ParityProof.Model.of(model),
        new ParityProof.Tried(
            query.input().name(),
            version,
            natural,
            query.mostUntried(),
            records.count() - natural,
            query.seed(),
            records.sha256()),
        results,
        found.absent());
  }

  private void close(Way way) {
    try {
      way.close();
    } catch (IOException | RuntimeException e) { // the results are there all the same
      err.println(
          "Cannot close the way %s: %s; what it holds is freed when the process ends"
              .formatted(way.name(), e));
    }
  }

  private TriedRecords records(Path file) throws RefusedException, IOException {
    Schema schema = model.schema();
    Iterator<TriedRecord> rows = List.<TriedRecord>of().iterator();
    if (!query.input().name().isEmpty() && query.natural() > 0) {
      NaturalRecords found =
          NaturalRecords.of(session.apply(schema.fields().size()), query.input(), schema);
      version = found.version();
      rows = found;
    }

    return TriedRecords.write(schema, records(rows), file);
  }

  /** Returns rows of the input, and after them generated records. */
  private Iterator<TriedRecord> records(Iterator<TriedRecord> rows) {
    AdversarialRecords generated = new AdversarialRecords(model, query.seed());
    List<TriedRecord> bases = new ArrayList<>();
    return new Iterator<TriedRecord>() {
      private int adversarial;
      private boolean isNatural = true;

      @Override
      public boolean hasNext() {
        isNatural = isNatural && natural < query.natural() && rows.hasNext();
        return isNatural || adversarial < query.adversarial();
      }

      @Override
      public TriedRecord next() {
        if (isNatural) {
          TriedRecord record = rows.next();
          natural++;
          if (bases.size() < MOST_BASES) {
            bases.add(record);
          }

          return record;
        }

        int base = adversarial++;
        return generated.next(
            bases.isEmpty() ? generated.generated() : bases.get(base % bases.size()));
      }
    };
  }

  /** Returns what runs: its version and, if it is a jar, its digest. */
  private static ParityProof.Code code() throws IOException {
    String version = Proving.class.getPackage().getImplementationVersion();
    CodeSource source = Proving.class.getProtectionDomain().getCodeSource();
    String sha256 = "";
    if (source != null && source.getLocation() != null) {
      try {
        Path jar = Path.of(source.getLocation().toURI());
        sha256 = Files.isRegularFile(jar) ? Sha256.hex(Files.readAllBytes(jar)) : "";
      } catch (URISyntaxException | IllegalArgumentException e) {
        sha256 = ""; // what is no file has no digest
      }
    }

    return new ParityProof.Code(version == null ? "development" : version, sha256);
  }
}

package io.paritree.spark.insight.proof;

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
import io.paritree.spark.report.RefusedException;
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
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.SparkSession;

/** Tries records in all ways. */
public final class Proving {
  /** So many rows of an input are kept, to make generated records of them. */
  private static final int MOST_BASES = 10_000;

  private static final double MILLIS = 1_000;

  private final ProveQuery query;
  private final IntFunction<SparkSession> session;
  private final Map<String, String> hadoop;
  private final Function<String, TableScoring> scoring;
  private final PrintStream err;
  private final ModelFiles files;
  private final ScoringModel model;

  /**
   * Opens the model.
   *
   * @param session gives a session of Spark for so many columns, if one is needed
   * @param hadoop settings of Hadoop's client
   * @param scoring how Spark scores, given where the model is
   * @param err receives messages about files that are kept or cannot be deleted
   */
  public Proving(
      ProveQuery query,
      IntFunction<SparkSession> session,
      Map<String, String> hadoop,
      Function<String, TableScoring> scoring,
      PrintStream err)
      throws ModelException, IOException {
    this.query = query;
    this.session = session;
    this.hadoop = hadoop;
    this.scoring = scoring;
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
   * @throws RefusedException if the input does not fit the model, or a way that was asked for is
   *     not here
   */
  public ParityProof prove() throws Exception {
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
          ParityProof proof = prove(tables, server);
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

  private ParityProof prove(Optional<RecordTables> tables, AskedServer server) throws Exception {
    Instant startedAt = Instant.now();
    FoundWays found =
        FoundWays.of(query, model, files, tables, scoring.apply(files.origin()), server);
    Schema schema = model.schema();
    String version = ""; // of the table that rows are from
    Iterator<TriedRecord> rows = List.<TriedRecord>of().iterator();
    if (!query.input().name().isEmpty() && query.natural() > 0) {
      NaturalRecords natural =
          NaturalRecords.of(session.apply(schema.fields().size()), query.input(), schema);
      version = natural.version();
      rows = natural;
    }

    List<TriedRecord> bases = new ArrayList<>();
    ParityTrial.Tried tried =
        new ParityTrial(schema, found.ways()).run(natural(rows, bases), generated(bases));
    return new ParityProof(
        startedAt,
        Duration.between(startedAt, Instant.now()).toMillis() / MILLIS,
        code(),
        ParityProof.Model.of(model),
        new ParityProof.Tried(
            query.input().name(),
            version,
            tried.natural(),
            query.mostUntried(),
            tried.generated(),
            query.seed(),
            tried.sha256()),
        tried.ways(),
        found.absent());
  }

  /**
   * Returns as many rows as are asked for.
   *
   * @param bases receives some of them
   */
  private Iterator<TriedRecord> natural(Iterator<TriedRecord> rows, List<TriedRecord> bases) {
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, 0), false)
        .limit(query.natural())
        .peek(
            record -> {
              if (bases.size() < MOST_BASES) {
                bases.add(record);
              }
            })
        .iterator();
  }

  /** Returns generated records: changed rows of the input, if there are any. */
  private Iterator<TriedRecord> generated(List<TriedRecord> bases) {
    AdversarialRecords edges = new AdversarialRecords(model, query.seed());
    return IntStream.range(0, query.adversarial())
        .mapToObj(at -> bases.isEmpty() ? edges.generated() : bases.get(at % bases.size()))
        .map(edges::next)
        .iterator();
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

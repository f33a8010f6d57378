package io.paritree.spark.score;

import io.paritree.comparison.ComparisonCounts;
import io.paritree.forest.Engine;
import io.paritree.model.ModelFiles;
import io.paritree.model.ProfiledRows;
import io.paritree.model.ScoringModel;
import io.paritree.profile.ProfileCounts;
import io.paritree.profile.ProfileForm;
import io.paritree.spark.files.Encryption;
import io.paritree.spark.files.ScoredFiles;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.score.ScoreTask.Orders;
import io.paritree.spark.task.BlockSource;
import io.paritree.spark.task.ChallengerTally;
import io.paritree.spark.task.InputBlock;
import io.paritree.spark.task.PartitionCounts;
import io.paritree.spark.task.SourceFile;
import io.paritree.spark.task.Tally;
import io.paritree.spark.task.TaskPlan;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/** Scores the blocks of one task attempt, and writes the results. Not thread-safe. */
final class TaskRows {
  private final TaskPlan plan;
  private final ScoringModel model;
  private final Engine engine;
  private final BlockEncoder encoder;
  private final RowFaults faults = new RowFaults(TaskPlan.BLOCK_ROWS);
  private final float[] slots;
  private final float[] margins;
  private final float[] scores;
  private final ScoredFiles scored;
  private final Quarantine quarantine;
  private final StatedPartition stated;
  private final KeyHasher hasher; // null if keys cannot be hashed, or need not be
  private final KeyHashes keys; // null if they are not compared
  private final ProfileForm form;
  private final ProfiledRows profiled; // null if no row is sampled
  private final String attempt;
  private final ExplanationColumns explanation; // null if none is requested
  private final CopiedColumns carried;
  private final SpecificInternalRow output;
  private final UTF8String[] labels;
  private final InputFormat format;
  private final List<ChallengerRows> challengers = new ArrayList<>();
  private ChallengerRows.Scored challenged; // the last block, if there are challengers
  private final Tally tally = new Tally();

  /**
   * Where the rows of a file belong.
   *
   * @param seed of the hashes of their keys
   */
  private record Source(SourceFile file, String partition, PartitionCounts count, long seed) {
    ProfileCounts profile() {
      return count.profile();
    }
  }

  /**
   * @param attempt a name that no other task attempt of the run has
   */
  TaskRows(Orders orders, InputFormat format, ScoringModel model, int task, String attempt) {
    this.plan = orders.plan();
    this.format = format;
    this.model = model;
    this.engine = model.engine();
    this.encoder = new BlockEncoder(model.schema(), plan, format);
    this.form = plan.profiling().form(model);
    this.slots = new float[engine.width() * TaskPlan.BLOCK_ROWS];
    this.margins =
        plan.output().margins() == 0 && plan.challengers().isEmpty()
            ? null
            : new float[engine.outputs() * TaskPlan.BLOCK_ROWS];
    this.scores = new float[engine.scores() * TaskPlan.BLOCK_ROWS];
    this.attempt = attempt;
    Path directory = plan.isSample() ? null : new Path(plan.files().tasks(), attempt);
    String number = String.format(Locale.ROOT, "%05d", task);
    String prefix = "part-%s-%s-%s".formatted(number, plan.files().run(), attempt);
    this.scored = new ScoredFiles(plan, orders.writers(), directory, attempt, prefix);
    this.quarantine =
        new Quarantine(
            plan,
            orders.quarantineWriters(),
            directory,
            "quarantine-%s-%s".formatted(number, attempt),
            tally.examples());
    boolean hasSecrets = Encryption.isConfigured(orders.writers().hadoop());
    this.stated = new StatedPartition(plan, !hasSecrets);
    boolean hashes = plan.keys().buckets() > 0 && !plan.isSample();
    boolean samples = plan.profiling().none(form, "").profile().needsHashes();
    this.profiled = samples ? ProfiledRows.of(model, form) : null;
    boolean isKeyed = plan.keys().columns() > 0;
    this.hasher =
        isKeyed && (hashes || samples) ? KeyHasher.of(plan.keyTypes()).orElse(null) : null;
    this.keys =
        hashes
            ? new KeyHashes(
                orders.writers().hadoop(),
                new Path(directory, "keys-%s-%s".formatted(number, attempt)),
                plan.keys().buckets(),
                plan.keys().secret())
            : null;
    this.output = new SpecificInternalRow(plan.output().columns());
    this.carried = new CopiedColumns(plan, plan.output().carried(), Copier::of);
    int explained =
        carried.count()
            + engine.scores()
            + plan.output().margins()
            + (plan.output().hasLabel() ? 1 : 0);
    this.explanation =
        plan.output().explanation() == null ? null : new ExplanationColumns(plan, model, explained);
    this.labels = ScoreFields.labels(model);

    int constant = plan.output().columns().size() - plan.output().constants().size();
    for (Serializable value : plan.output().constants()) {
      output.update(constant++, value);
    }
  }

  /** Scores the rows with another model, too; if it cannot be opened, it is left out. */
  void challenge(TaskPlan.Challenger challenger, Broadcast<ModelFiles> files) {
    ChallengerTally own = new ChallengerTally(new ComparisonCounts(challenger.form()));
    tally.challengers().put(challenger.name(), own);
    try {
      ScoringModel opened =
          OpenModels.open(files, challenger.model().digest(), challenger.model().engine());
      challengers.add(new ChallengerRows(plan, challenger, format, model, opened, own));
    } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
      own.fail(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  Tally score(BlockSource blocks) throws IOException {
    UTF8String seen = null;
    Source source = null; // of the last block
    Source last = null; // of the last rows
    for (InputBlock block = blocks.next(); block != null; block = blocks.next()) {
      if (block.rows() == 0) {
        continue;
      }

      UTF8String now = blocks.file();
      if (now != seen && !now.equals(seen)) {
        if (SourceFile.isUnnamed(now, plan.input().root())) {
          tally.unreadable().add(SourceFile.UNNAMED);
          break;
        }

        seen = now;
        source = source(now.toString());
      }

      if (source != null) {
        if (last != null && !source.partition.equals(last.partition)) {
          endPartition(last);
        }

        last = source;

        Optional<String> problem = stated.problem(block, source.file);
        if (problem.isPresent()) {
          tally.unreadable().add(problem.get());
          break;
        }

        score(block, source);
      }
    }

    if (last != null) {
      endPartition(last);
    }

    tally.scored().addAll(scored.close());
    tally.quarantined().addAll(quarantine.close(attempt));
    if (keys != null) {
      tally.keys().addAll(keys.close(attempt));
    }

    tally.pack();
    tally.unreadable().addAll(blocks.unreadable());
    return tally;
  }

  /** Returns where the rows of a file belong; null if the run does not read it. */
  private Source source(String reported) {
    if (!SourceFile.isRead(reported, plan.input().root())) {
      return null;
    }

    SourceFile file = SourceFile.of(reported, plan.input().root());
    String partition = plan.partition(file.partition());
    PartitionCounts count =
        tally.counts().computeIfAbsent(partition, name -> plan.profiling().none(form, name));
    return new Source(file, partition, count, KeyHasher.seed(partition));
  }

  /** Ends the rows of a partition, for now; a file that comes later may have others. */
  private void endPartition(Source source) {
    finishExplained(source.partition);
    if (profiled != null) {
      profiled.explainHeld();
    }

    source.profile().pack();
  }

  private void score(InputBlock block, Source source) {
    int rows = block.rows();
    faults.clear();
    encoder.encode(block, source.file, slots, faults);
    source.profile().addValues(rows, encoder.missing(), encoder.unseen());
    if (profiled != null) {
      profiled.begin(source.profile(), slots, TaskPlan.BLOCK_ROWS);
    }

    engine.scoreColumns(slots, TaskPlan.BLOCK_ROWS, rows, margins, scores);
    if (!challengers.isEmpty()) {
      challenged = new ChallengerRows.Scored(block, source.file, faults, slots, margins, scores);
      challengers.forEach(challenger -> challenger.score(challenged));
    }

    for (int row = 0; row < rows; row++) {
      if (faults.isFaulty(row)) {
        quarantine.add(block, source.file, source.partition, source.count, row, faults.of(row));
        if (profiled != null) {
          carried.copy(block, source.file, row, output);
          source.profile().addUnscored(hash(block, source, row, keyHash()));
        }
      } else {
        write(block, source, row);
      }
    }

    if (profiled != null) {
      profiled.endBlock();
    }
  }

  /** Returns the hash of the key that was copied; 0 if it is not needed, or cannot be hashed. */
  private long keyHash() {
    return hasher == null ? 0 : hasher.hash(output);
  }

  /**
   * Returns the hash by which a row is sampled. A row without a key has that of its place, or,
   * where that is unknown, of its values.
   *
   * @param key the hash of its key, which was copied
   */
  private long hash(InputBlock block, Source source, int row, long key) {
    if (hasher != null && !hasher.isNull(output)) {
      return key;
    }

    long index = block.indexInFile(row);
    if (index >= 0) {
      return KeyHasher.ofIndex(index, source.file.name());
    }

    long hash = 0;
    for (int slot = 0; slot < engine.width(); slot++) {
      int bits = Float.floatToIntBits(slots[slot * TaskPlan.BLOCK_ROWS + row]);
      hash = KeyHasher.ofPartition(bits, hash);
    }

    return hash;
  }

  private void write(InputBlock block, Source source, int row) {
    carried.copy(block, source.file, row, output);
    int to = carried.count();
    long key = keyHash();
    if (keys != null) {
      keys.add(KeyHasher.ofPartition(key, source.seed));
    }

    if (profiled != null) {
      profiled.add(hash(block, source, row, key), row);
    }

    int perRow = engine.scores();
    source.profile().addScores(scores, row * perRow);

    for (int index = 0; index < perRow; index++) {
      output.setFloat(to++, scores[row * perRow + index]);
    }

    for (int index = 0; index < plan.output().margins(); index++) {
      output.setFloat(to++, margins[row * plan.output().margins() + index]);
    }

    if (plan.output().hasLabel()) {
      output.update(to++, labels[model.outputs().classIndex(scores, row * perRow)]);
    }

    for (ChallengerRows challenger : challengers) {
      challenger.write(challenged, row, output);
    }

    if (explanation == null || !explanation.hold(block, source.file, row, slots, scores, output)) {
      finish(source.partition, output);
    } else if (explanation.isFull()) {
      finishExplained(source.partition);
    }
  }

  /** Writes the rows that are held until they are explained; they are of one partition. */
  private void finishExplained(String partition) {
    if (explanation != null) {
      explanation.explain().forEach(row -> finish(partition, row));
    }
  }

  /** Writes a row that is complete. */
  private void finish(String partition, InternalRow row) {
    if (!plan.isSample()) {
      scored.write(partition, row);
    }
  }
}

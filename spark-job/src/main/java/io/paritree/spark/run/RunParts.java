package io.paritree.spark.run;

import io.paritree.spark.insight.drift.DriftRules;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.RunQuality;
import io.paritree.spark.report.Stages;
import io.paritree.spark.settings.JobSettings;
import java.io.PrintStream;
import org.apache.spark.sql.SparkSession;

/**
 * What all groups of a run have in common.
 *
 * @param rules about drift
 * @param progress receives messages to the user
 * @param startedAt when the run began
 * @param quality receives what is found out about the rows
 */
record RunParts(
    JobSettings settings,
    DriftRules rules,
    SparkSession session,
    StepObserver observer,
    PrintStream progress,
    String startedAt,
    Stages stages,
    RunQuality quality) {}

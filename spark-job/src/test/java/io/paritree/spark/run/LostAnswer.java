package io.paritree.spark.run;

/**
 * How the answer to a commit is lost.
 *
 * @param isMade whether there is a commit
 * @param failure is answered
 * @param others what other writers do before the answer
 */
record LostAnswer(boolean isMade, Exception failure, Runnable others) {}

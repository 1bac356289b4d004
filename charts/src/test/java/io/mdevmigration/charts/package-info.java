/** The chart, rendered and installed by Helm itself, and what is generated from it. */
package io.mdevmigration.charts;

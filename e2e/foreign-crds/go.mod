module mdevmigration.io/e2e/foreign-crds

go 1.26.0

// Only files are taken from these: the custom resources that objects of the chart belong to.
require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
)

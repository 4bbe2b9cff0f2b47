"""Publisher, AsyncPublisher and the module functions: plan, load, carry out."""

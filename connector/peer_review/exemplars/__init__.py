"""Good work that its authors let others see."""
